import { describe, expect, it } from "vitest";
import { createRandom } from "../../test/support/random.ts";
import {
  type BinaryFormat,
  binary16,
  binary32,
  brain16,
  rationalOf,
  roundToFormat,
} from "../../test/support/rational.ts";
import type { FloatDType } from "../tensors/dtype.ts";
import { narrow, narrowFloat64, widen } from "./widen.ts";

const formats: Record<FloatDType, BinaryFormat> = { float32: binary32, float16: binary16, bfloat16: brain16 };

/** `values` rounded to `dtype` by `narrowFloat64`, as numbers. */
function roundAll(values: Float64Array, dtype: FloatDType): Float32Array {
  return widen({ dtype, shape: [values.length], data: narrowFloat64(values, dtype) });
}

describe("narrowFloat64", () => {
  it("rounds once where rounding through float32 would move a value by a unit", () => {
    // Just above the middle of two half-precision neighbours: float32 drops the difference, and the tie then goes to even.
    const justAbove16 = 1 + 2 ** -11 + 2 ** -40;
    const justAboveBrain = 1 + 2 ** -8 + 2 ** -40;
    const justBelow16 = 1 + 3 * 2 ** -11 - 2 ** -40;
    const values = Float64Array.of(justAbove16, -justAbove16, justBelow16);
    expect(roundAll(values, "float16")).toEqual(Float32Array.of(1 + 2 ** -10, -1 - 2 ** -10, 1 + 2 ** -10));
    expect(roundAll(Float64Array.of(justAboveBrain), "bfloat16")).toEqual(Float32Array.of(1 + 2 ** -7));
    const twice = narrow(Float32Array.from(values), "float16");
    expect(widen({ dtype: "float16", shape: [3], data: twice })).toEqual(Float32Array.of(1, -1, 1 + 2 ** -9));
  });

  it("rounds once below the smallest normal number and at the edge of infinity", () => {
    expect(roundAll(Float64Array.of(2 ** -25 + 2 ** -60, 65520 - 2 ** -20), "float16")).toEqual(
      Float32Array.of(2 ** -24, 65504),
    );
    expect(roundAll(Float64Array.of(2 ** -134 + 2 ** -170, 1e300, -1e300, 1e-320), "bfloat16")).toEqual(
      Float32Array.of(2 ** -133, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0),
    );
    expect(roundAll(Float64Array.of(Number.NaN), "float16")).toEqual(Float32Array.of(Number.NaN));
  });

  for (const [dtype, format] of Object.entries(formats) as [FloatDType, BinaryFormat][]) {
    it(`agrees with rational arithmetic on 20000 float64 beside the ties of ${dtype} (seed 5)`, () => {
      const random = createRandom(5);
      const span = format.maxExponent - format.minExponent + format.precision + 4;
      const values = Float64Array.from({ length: 20_000 }, (_, i) => {
        const significand = 2 ** format.precision + Math.floor(random() * 2 ** format.precision);
        const exponent = format.minExponent - format.precision - 2 + Math.floor(random() * span);
        const beside = [0, 2 ** -26, -(2 ** -26), 2 ** -12, random() - 0.5][i % 5];
        return (i % 2 === 0 ? 1 : -1) * (significand + beside) * 2 ** (exponent - format.precision);
      });
      const got = roundAll(values, dtype);
      for (let i = 0; i < values.length; i++) {
        const wanted = roundToFormat(rationalOf(values[i]), format);
        if (got[i] !== wanted) expect.fail(`${values[i]}: ${got[i]}, not ${wanted}`);
      }
    });
  }
});

describe("widen", () => {
  it("returns float32 data itself and makes new data of the halves", () => {
    const data = Float32Array.of(1, 2);
    expect(widen({ dtype: "float32", shape: [2], data })).toBe(data);
    expect(widen({ dtype: "float16", shape: [3], data: Uint16Array.of(0x3c00, 0x0001, 0xfc00) })).toEqual(
      Float32Array.of(1, 2 ** -24, Number.NEGATIVE_INFINITY),
    );
    expect(widen({ dtype: "bfloat16", shape: [2], data: Uint16Array.of(0x3f80, 0x8000) })).toEqual(
      Float32Array.of(1, -0),
    );
  });

  it("takes views that start in the middle of a buffer", () => {
    const data = Uint16Array.of(0, 0x3c00, 0x4000).subarray(1);
    expect(widen({ dtype: "float16", shape: [2], data })).toEqual(Float32Array.of(1, 2));
  });
});
