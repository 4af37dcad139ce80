import { describe, expect, it } from "vitest";
import { codeChunks } from "./code-chunks.ts";
import { codeLayout, packCodes, rowsBytes, unpackCodes } from "./code-layout.ts";

const shapes = [[], [0], [1], [33], [0, 5], [3, 0], [1, 1], [5, 16], [63, 17], [64, 1], [65, 33], [130, 48], [2, 3, 5]];

describe.each(shapes.map((shape) => [shape]))("codes of the shape %j", (shape) => {
  const layout = codeLayout(shape);
  const size = shape.reduce((product, extent) => product * extent, 1);

  it("come back as they were", () => {
    const codes = Int8Array.from({ length: size }, (_, index) => (index * 37) % 255);
    const packed = packCodes(codes, layout);
    expect(packed.length).toBe(layout.bytes);
    expect(unpackCodes(packed, layout)).toEqual(codes);
    // Padding is zero: every code that is not is accounted for.
    expect(packed.filter((byte) => byte !== 0).length).toBe(codes.filter((code) => code !== 0).length);
  });

  it("are cut into chunks that cover everything once", () => {
    const chunks = codeChunks(layout, Math.max(layout.block, 2) * layout.quads * 64 + 64);
    let element = 0;
    let byte = 0;
    for (const chunk of chunks) {
      expect([chunk.firstElement, chunk.firstByte]).toEqual([element, byte]);
      element = chunk.endElement;
      byte = chunk.endByte;
    }
    expect([element, byte]).toEqual([size, layout.bytes]);
  });
});

it("interleaves the quads of 64 rows", () => {
  const layout = codeLayout([128, 32]);
  const codes = new Int8Array(128 * 32);
  codes[65 * 32 + 16] = 7; // row 65 is the second of its block, and this its second quad
  expect(packCodes(codes, layout).indexOf(7)).toBe(rowsBytes(layout, 64) + (64 + 1) * 16);
});
