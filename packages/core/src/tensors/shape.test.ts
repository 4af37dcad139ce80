import { describe, expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import { equalShapes, formatShape, sizeOf, validateShape } from "./shape.ts";

describe("shapes", () => {
  it("have the product of their extents as size, and 1 without any", () => {
    expect([[], [0], [3, 0, 2], [2, 3, 4]].map(sizeOf)).toEqual([1, 0, 0, 24]);
  });

  it("are equal by rank and extents", () => {
    expect(equalShapes([2, 3], [2, 3])).toBe(true);
    expect(equalShapes([2, 3], [3, 2])).toBe(false);
    expect(equalShapes([2], [2, 1])).toBe(false);
    expect(equalShapes([], [])).toBe(true);
  });

  it("print as people write them", () => {
    expect([formatShape([]), formatShape([2, 3])]).toEqual(["[]", "[2, 3]"]);
  });

  it("of whole extents of 0 or more are accepted", () => {
    for (const shape of [[], [0], [1, 2, 3, 4, 5], [2 ** 32]])
      expect(errorCode(() => validateShape(shape, "x"))).toBe(undefined);
  });

  const hole = [2, 3];
  delete hole[0];
  const refused: [string, unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a number", 4],
    ["a typed array", Int32Array.of(2, 3)],
    ["a negative extent", [2, -1]],
    ["a fraction", [1.5]],
    ["NaN", [Number.NaN]],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["an undefined extent", [undefined, 3]],
    ["a hole", hole],
    ["a text", ["2"]],
    ["a bigint", [2n]],
    ["a product past 2^53", [2 ** 30, 2 ** 30]],
  ];
  for (const [name, shape] of refused) {
    it(`of ${name} are refused`, () => {
      expect(errorCode(() => validateShape(shape as number[], "x"))).toBe("ERR_SHAPE");
    });
  }
});
