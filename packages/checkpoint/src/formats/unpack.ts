import type { Block } from "../bytes/blocks.ts";
import { flipTopBits, packedWidth } from "./pack.ts";

/** The bytes of packed rows of `k` codes that hold elements [start, end), and whatever lies between them. */
export function packedRange({ start, end }: Block, k: number, bits: number): Block {
  if (start === end) return { start: 0, end: 0 };
  const bitOf = (element: number): number => 32 * packedWidth(k, bits) * Math.floor(element / k) + bits * (element % k);
  return { start: Math.floor(bitOf(start) / 8), end: Math.ceil((bitOf(end - 1) + bits) / 8) };
}

/** Elements [start, end) out of `packed`, bytes that begin with the first of their `packedRange`. The padding of rows is not looked at. */
export function unpackRange(packed: Uint8Array, block: Block, k: number, bits: number): Int8Array<ArrayBuffer> {
  const { start, end } = block;
  const codes = new Int8Array(end - start);
  const origin = packedRange(block, k, bits).start;
  const padded = (k * bits) % 32 !== 0;
  for (let from = start; from < end; ) {
    const rowStart = from - (from % k);
    const to = Math.min(end, padded ? rowStart + k : end, from + longestRun);
    const firstByte = 4 * packedWidth(k, bits) * (rowStart / k) + Math.floor(((from - rowStart) * bits) / 8);
    const skip = ((from - rowStart) * bits) % 8;
    unpackRun(packed.subarray(firstByte - origin), skip, bits, codes.subarray(from - start, to - start));
    from = to;
  }
  return codes;
}

/** Codes that are unpacked at once: the bits before any of them are counted in 32 bits. */
const longestRun = 2 ** 24;

/** Unpacks `codes.length` codes that lie without a gap. `skip` is the number of bits before the first one in `packed`, below 8. */
function unpackRun(packed: Uint8Array, skip: number, bits: number, codes: Int8Array): void {
  if (bits === 8) unpackBytes(packed, codes);
  else if (bits === 4 && skip === 0) unpackNibbles(packed, codes);
  else unpackBits(packed, skip, bits, codes);
}

function unpackBits(packed: Uint8Array, skip: number, bits: number, codes: Int8Array): void {
  const offset = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  for (let i = 0, bit = skip; i < codes.length; i++, bit += bits) {
    const at = bit >>> 3;
    const shift = bit & 7;
    const word = shift + bits > 8 ? packed[at] | (packed[at + 1] << 8) : packed[at];
    codes[i] = ((word >>> shift) & mask) - offset;
  }
}

function unpackBytes(packed: Uint8Array, codes: Int8Array): void {
  codes.set(packed.subarray(0, codes.length));
  flipTopBits(codes);
}

/** Two codes a byte; no code crosses a byte. */
function unpackNibbles(packed: Uint8Array, codes: Int8Array): void {
  const pairs = codes.length >> 1;
  for (let at = 0; at < pairs; at++) {
    const pair = packed[at];
    codes[2 * at] = (pair & 15) - 8;
    codes[2 * at + 1] = (pair >> 4) - 8;
  }
  if (codes.length % 2 === 1) codes[2 * pairs] = (packed[pairs] & 15) - 8;
}
