import type { Block } from "./blocks.ts";
import type { CheckpointFormat } from "./options.ts";
import { CodePacker } from "./pack.ts";
import { unpackRange } from "./unpack.ts";

/** A weight's codes on their way into a file, block by block in order. */
export interface CodeBytes {
  /** The bytes of the file that these codes, the next ones, fill. They may share memory with the codes. */
  encode(codes: Int8Array): Uint8Array;
  /** What a reader of the file gets for the block that was encoded last, whose bytes these are: nothing but them is looked at. */
  decode(bytes: Uint8Array, block: Block): Int8Array;
}

/** For a weight `[N, k]`. */
export function createCodeBytes(format: CheckpointFormat, k: number, bits: number): CodeBytes {
  return format === "int8" ? plainBytes : packedBytes(k, bits);
}

const plainBytes: CodeBytes = {
  encode: ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  decode: ({ buffer, byteOffset, byteLength }) => new Int8Array(buffer, byteOffset, byteLength),
};

function packedBytes(k: number, bits: number): CodeBytes {
  const packer = new CodePacker(k, bits);
  return {
    encode: (codes) => packer.pack(codes),
    decode(bytes, block) {
      const { tail } = packer;
      if (tail.length === 0) return unpackRange(bytes, block, k, bits);
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      longer.set(tail, bytes.length);
      return unpackRange(longer, block, k, bits);
    },
  };
}
