import type { Threads } from "../arms/library.ts";
import { copyBytes, type MemoryArm } from "../arms/memory-arm.ts";
import { findCopyFault } from "./find-fault.ts";

/** The module `(import "host" "memory") (func (export "copy") (param $to i32) (param $from i32) (param $bytes i32) memory.copy)`. */
const copyModule = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version 1
  ...[0x01, 0x07, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x00], // types: (i32, i32, i32) -> ()
  ...[0x02, 0x10, 0x01, 0x04, 0x68, 0x6f, 0x73, 0x74, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, 0x00], // imports
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of the first type
  ...[0x07, 0x08, 0x01, 0x04, 0x63, 0x6f, 0x70, 0x79, 0x00, 0x00], // exports: "copy"
  ...[0x0a, 0x0e, 0x01, 0x0c, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfc, 0x0a, 0x00, 0x00, 0x0b], // memory.copy
]);

const pageBytes = 65536;

/** `memory.copy` from one part of a WebAssembly memory to another: as fast as a kernel in there can hope to be. */
export const copyInWasm: MemoryArm<Threads> = {
  id: "copy-wasm",
  library: "copy",
  title: "float32 in WebAssembly memory",
  bytesPerElement: copyBytes,
  async start(problem) {
    const bytes = problem.original.byteLength;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * bytes) / pageBytes) });
    const { instance } = await WebAssembly.instantiate(copyModule, { host: { memory } });
    const copy = instance.exports.copy as (to: number, from: number, bytes: number) => void;
    new Float32Array(memory.buffer, 0, problem.original.length).set(problem.original);
    return {
      run: async () => copy(bytes, 0, bytes),
      findFault: async () => findCopyFault(problem, new Float32Array(memory.buffer, bytes, problem.original.length)),
      dispose() {},
    };
  },
};
