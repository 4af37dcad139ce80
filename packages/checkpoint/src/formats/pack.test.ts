import { describe, expect, test } from "vitest";
import { concatenate } from "../../test/support/memory-files.ts";
import { createRandom } from "../../test/support/seeded-values.ts";
import { CodePacker, packedWidth } from "./pack.ts";
import { packedRange, unpackRange } from "./unpack.ts";

function randomCodes(seed: number, length: number, bits: number): Int8Array {
  const random = createRandom(seed);
  return Int8Array.from({ length }, () => Math.floor(random() * 2 ** bits) - 2 ** (bits - 1));
}

/** The definition, bit by bit. */
function packByBits(codes: Int8Array, k: number, bits: number): Uint8Array {
  const stride = 4 * packedWidth(k, bits);
  const packed = new Uint8Array((codes.length / k) * stride);
  for (const [i, code] of codes.entries()) {
    const first = Math.floor(i / k) * stride * 8 + (i % k) * bits;
    for (let bit = 0; bit < bits; bit++) {
      if (((code + 2 ** (bits - 1)) >> bit) & 1) packed[(first + bit) >> 3] |= 1 << ((first + bit) & 7);
    }
  }
  return packed;
}

const widths = [2, 3, 4, 5, 6, 7, 8];

describe.each(widths)("%i bits", (bits) => {
  test.each([1, 3, 4, 5, 7, 8, 31, 32, 33])(
    "rows of %i codes are packed by the definition, and come back, seed 3",
    (k) => {
      const codes = randomCodes(3, 3 * k, bits);
      const packed = new CodePacker(k, bits).pack(codes);
      expect(packed).toEqual(packByBits(codes, k, bits));
      expect(unpackRange(packed, { start: 0, end: 3 * k }, k, bits)).toEqual(codes);
    },
  );

  test.each([1, 5, 33])("pieces of any length add up to the whole: rows of %i codes, seed 4", (k) => {
    const codes = randomCodes(4, 7 * k, bits);
    const random = createRandom(4);
    const packer = new CodePacker(k, bits);
    const pieces: Uint8Array[] = [];
    for (let start = 0; start < codes.length; ) {
      const end = start + Math.floor(random() * 9);
      pieces.push(packer.pack(codes.subarray(start, end)));
      start = end;
    }
    expect(concatenate(pieces)).toEqual(packByBits(codes, k, bits));
  });

  test.each([1, 5, 8, 33])("any range comes back from its bytes alone: rows of %i codes, seed 5", (k) => {
    const codes = randomCodes(5, 5 * k, bits);
    const packed = packByBits(codes, k, bits);
    for (let start = 0; start <= codes.length; start++) {
      for (let end = start; end <= codes.length; end += 3) {
        const range = packedRange({ start, end }, k, bits);
        const bytes = packed.slice(range.start, range.end);
        expect(unpackRange(bytes, { start, end }, k, bits)).toEqual(codes.subarray(start, end));
      }
    }
  });
});

test("the worked row of 6", () => {
  const packed = new CodePacker(6, 8).pack(Int8Array.of(-128, -127, -1, 0, 1, 127));
  expect(packed).toEqual(Uint8Array.of(0x00, 0x01, 0x7f, 0x80, 0x81, 0xff, 0, 0));
});

test("no codes, no bytes", () => {
  for (const bits of widths) {
    expect(new CodePacker(5, bits).pack(new Int8Array(0))).toHaveLength(0);
    expect(unpackRange(new Uint8Array(0), { start: 0, end: 0 }, 5, bits)).toHaveLength(0);
    expect(packedRange({ start: 0, end: 0 }, 0, bits)).toEqual({ start: 0, end: 0 });
  }
});
