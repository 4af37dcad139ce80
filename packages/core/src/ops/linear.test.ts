import { describe, expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import { createRandom } from "../../test/support/random.ts";
import { exactLinear, integerLinear } from "../../test/support/reference-linear.ts";
import { floats, normals, weightOf } from "../../test/support/tensors.ts";
import { narrow } from "../numerics/widen.ts";
import { floatDTypes } from "../tensors/dtype.ts";
import { hostTensor } from "../tensors/host-tensor.ts";
import { linear } from "./linear.ts";
import { maxExactInFeatures } from "./linear-geometry.ts";
import { quantizeSymmetric } from "./quantize-symmetric.ts";

const exactModes = ["int16", "int8"] as const;

describe("exact modes against integers and fractions", () => {
  for (const mode of exactModes) {
    for (const dtype of floatDTypes) {
      for (const biasDtype of [undefined, ...floatDTypes]) {
        it(`${mode}, x ${dtype}, bias ${biasDtype}, [5, 33] times [7, 33] (seed 21)`, () => {
          const x = normals(21, [5, 33], dtype);
          const bias = biasDtype && normals(22, [7], biasDtype);
          for (const options of [{ dim: 0 }, { dim: -2 }, {}, { dim: 0, bits: 4 }]) {
            const weight = quantizeSymmetric(normals(23, [7, 33]), options);
            const y = linear(x, weight, { activations: mode, ...(bias && { bias }), dtype: "float32" });
            expect(y.data).toEqual(integerLinear(x, weight, mode, bias));
            const rounded = linear(x, weight, { activations: mode, ...(bias && { bias }) });
            expect(rounded).toEqual({ dtype, shape: [5, 7], data: narrow(y.data, dtype) });
          }
        });
      }
    }

    it(`${mode}: rows of very different magnitude, a row of zeros, ties (seed 24)`, () => {
      const x = normals(24, [6, 7]);
      for (let i = 0; i < 42; i++) x.data[i] *= [1e-38, 1e30, 0, 1, 1e-44, 3e37][Math.floor(i / 7)];
      const weight = quantizeSymmetric(normals(25, [3, 7]), { dim: 0 });
      expect(linear(x, weight, { activations: mode }).data).toEqual(integerLinear(x, weight, mode));
    });
  }
});

describe("exact modes, the corners of the contract", () => {
  for (const mode of exactModes) {
    it(`${mode}: T = 0 gives +0, whatever the signs and scales`, () => {
      const weight = weightOf([3, 2], [1, -1, -128, -128, 0, 0], 3e38, 1, 3e38);
      const y = linear(floats([2, 2], 3e38, 3e38, -0, 0), weight, { activations: mode });
      expect([...y.data]).toEqual([0, Number.NEGATIVE_INFINITY, 0, 0, 0, 0]);
    });

    it(`${mode}: overflow is an infinity of the right sign, never NaN`, () => {
      const weight = weightOf([2, 1], [127, -127], 3e38, 3e38);
      const y = linear(floats([2, 1], 3e38, -3e38), weight, { activations: mode, bias: floats([2], -3e38, 3e38) });
      const infinity = Number.POSITIVE_INFINITY;
      expect([...y.data]).toEqual([infinity, -infinity, -infinity, infinity]);
      expect([...linear(floats([1, 1], 3e38), weight, { activations: mode, dtype: "float16" }).data]).toEqual([
        0x7c00, 0xfc00,
      ]);
    });

    it(`${mode}: T past 2^24 is rounded to float32 before it is scaled (seed 35)`, () => {
      const [x, w] = [normals(35, [3, 4099]), normals(36, [5, 4099])];
      for (const { data } of [x, w]) for (let i = 0; i < data.length; i++) data[i] = 1 + Math.abs(data[i]);
      const weight = quantizeSymmetric(w, { dim: 0 });
      expect(linear(x, weight, { activations: mode }).data).toEqual(integerLinear(x, weight, mode));
    });

    it(`${mode}: the longest sum of the largest codes is exact at ${maxExactInFeatures} features; one more is refused`, () => {
      const k = maxExactInFeatures;
      const x = hostTensor("float32", [1, k], new Float32Array(k).fill(1));
      const weight = { ...weightOf([1, 0], [], 1), quantized: hostTensor("int8", [1, k], new Int8Array(k).fill(-128)) };
      const qmax = mode === "int8" ? 127 : 32639;
      const total = Math.fround(-128 * qmax * k);
      expect([...linear(x, weight, { activations: mode }).data]).toEqual([Math.fround(total * Math.fround(1 / qmax))]);
      const longer = {
        x: hostTensor("float32", [1, k + 1], new Float32Array(k + 1)),
        weight: { ...weight, quantized: hostTensor("int8", [1, k + 1], new Int8Array(k + 1)) },
      };
      expect(errorCode(() => linear(longer.x, longer.weight, { activations: mode }))).toBe("ERR_SHAPE");
      expect([...linear(longer.x, longer.weight).data]).toEqual([0]);
    });

    it(`${mode}: activation codes stop at -qmax`, () => {
      // The scale is the smallest subnormal, so that the quotient -190 (or -49000) would pass -qmax.
      const smallest = 2 ** -149;
      const amax = mode === "int8" ? 190 : 48_000;
      const x = floats([1, 1], -amax * smallest);
      expect(linear(x, weightOf([1, 1], [1], 1), { activations: mode }).data).toEqual(
        Float32Array.of(-(mode === "int8" ? 127 : 32639) * smallest),
      );
    });

    it(`${mode}: NaN and infinities in x are refused`, () => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const x = floats([1, 2], 1, bad);
        expect(errorCode(() => linear(x, weightOf([1, 2], [1, 1], 1), { activations: mode }))).toBe("ERR_NON_FINITE");
      }
    });
  }
});

describe("float mode", () => {
  for (const dtype of floatDTypes) {
    for (const weightDtype of [undefined, ...floatDTypes]) {
      it(`x ${dtype}, weight ${weightDtype ?? "int8"}: the exact value rounded, within a float64 sum's error (seed 26)`, () => {
        const x = normals(26, [3, 33], dtype);
        const float = normals(27, [7, 33], weightDtype);
        const bias = normals(28, [7], dtype);
        const granularities = weightDtype
          ? [undefined]
          : [{}, { dim: 0 }, { groupSize: 11 }, { groupSize: 1 }, { bits: 3 }];
        for (const granularity of granularities) {
          const weight = granularity ? quantizeSymmetric(float, granularity) : float;
          const y = linear(x, weight, { bias, dtype: "float32" });
          for (const [i, { value, magnitude }] of exactLinear(x, weight, bias).entries()) {
            // Half a unit of float32, and 33 roundings of float64 for the sum.
            const tolerance = Math.abs(value) * 2 ** -24 + magnitude * 34 * 2 ** -53;
            expect(Math.abs(y.data[i] - value)).toBeLessThanOrEqual(tolerance);
          }
          expect(linear(x, weight, { bias }).dtype).toBe(dtype);
        }
      });
    }
  }

  it("is the one right number where every partial sum is exact", () => {
    const random = createRandom(29);
    const integers = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 64) - 32);
    const [a, codes] = [integers(3 * 33), integers(5 * 33)];
    const y = linear(floats([3, 33], ...a), weightOf([5, 33], codes, 0.5, 0.25, 4, 1, 2), {
      bias: floats([5], 1, 2, 3, 4, 5),
    });
    for (let m = 0; m < 3; m++) {
      for (let n = 0; n < 5; n++) {
        let total = 0;
        for (let k = 0; k < 33; k++) total += a[m * 33 + k] * codes[n * 33 + k];
        expect(y.data[m * 5 + n]).toBe(total * [0.5, 0.25, 4, 1, 2][n] + n + 1);
      }
    }
  });

  it("passes NaN and infinities on, and overflows to an infinity", () => {
    const weight = weightOf([1, 2], [1, 0], 2);
    const y = linear(floats([3, 2], Number.NaN, 0, Number.NEGATIVE_INFINITY, 1, 3e38, 1), weight);
    expect([...y.data]).toEqual([Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([...linear(floats([1, 2], 40000, 0), weight, { dtype: "float16" }).data]).toEqual([0x7c00]);
  });

  it("rounds to a half type once, not through float32", () => {
    const x = floats([1, 2], 1 + 2 ** -11, 2 ** -20);
    expect([...linear(x, floats([1, 2], 1, 2 ** -20), { dtype: "float16" }).data]).toEqual([0x3c01]);
  });
});
