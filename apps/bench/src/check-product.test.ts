import { describe, expect, it } from "vitest";
import { faultOf, measureError } from "./check-product.ts";
import { randomNormals } from "./random-normals.ts";

describe("the check of a product (seed 1)", () => {
  const expected = Float64Array.from(randomNormals(1, 10_000));
  const noisy = Float32Array.from(randomNormals(2, 10_000), (noise, i) => expected[i] + 0.01 * noise);

  it("measures what it is off by", () => {
    const error = measureError(noisy, expected);
    expect(error.relative).toBeGreaterThan(0.0097);
    expect(error.relative).toBeLessThan(0.0103);
    expect(faultOf(error, 0.02)).toBeUndefined();
    expect(faultOf(error, 0.009)).toContain("relative error");
  });

  it("finds one wrong element that the norm does not show", () => {
    const wrong = noisy.slice();
    wrong[777] += 0.5;
    const error = measureError(wrong, expected);
    expect(error.relative).toBeLessThan(0.02);
    expect(faultOf(error, 0.02)).toContain("an element");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %s", (value) => {
    const wrong = noisy.slice();
    wrong[9_999] = value;
    expect(faultOf(measureError(wrong, expected), 0.02)).toBeDefined();
  });

  it("refuses a product of another size", () => {
    expect(() => measureError(noisy.subarray(1), expected)).toThrow(RangeError);
  });
});
