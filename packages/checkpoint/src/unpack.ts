import type { Block } from "./blocks.ts";
import { packedWidth } from "./pack.ts";

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
  for (let from = start; from < end; ) {
    const rowStart = from - (from % k);
    const to = Math.min(end, rowStart + k, from + longestRun);
    const firstByte = 4 * packedWidth(k, bits) * (rowStart / k) + Math.floor(((from - rowStart) * bits) / 8);
    const skip = ((from - rowStart) * bits) % 8;
    unpackRun(packed.subarray(firstByte - origin), skip, bits, codes.subarray(from - start, to - start));
    from = to;
  }
  return codes;
}

/** Codes that are unpacked at once: the bits before any of them are counted in 32 bits. */
const longestRun = 2 ** 24;

/** Unpacks `codes.length` codes of one row. `skip` is the number of bits before the first one in `packed`, below 8. */
function unpackRun(packed: Uint8Array, skip: number, bits: number, codes: Int8Array): void {
  if (bits === 8) {
    for (let i = 0; i < codes.length; i++) codes[i] = packed[i] ^ 0x80;
    return;
  }
  const offset = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  for (let i = 0, bit = skip; i < codes.length; i++, bit += bits) {
    const at = bit >>> 3;
    const shift = bit & 7;
    const word = shift + bits > 8 ? packed[at] | (packed[at + 1] << 8) : packed[at];
    codes[i] = ((word >>> shift) & mask) - offset;
  }
}
