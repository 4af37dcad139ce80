import { describe, expect, it } from "vitest";
import { errorCode, errorMessage } from "../../test/support/error-code.ts";
import { createRandom, randomFloats } from "../../test/support/random.ts";
import { quantizeGroup } from "../../test/support/reference-quantize.ts";
import { fl32, rne } from "../numerics/numerics.ts";
import { narrow, widen } from "../numerics/widen.ts";
import type { FloatDType } from "../tensors/dtype.ts";
import { hostTensor } from "../tensors/host-tensor.ts";
import { type QuantizeSymmetricOptions, quantizeSymmetric, quantizeWeightPerChannel } from "./quantize-symmetric.ts";

const floats = (shape: number[], ...values: number[]) => hostTensor("float32", shape, Float32Array.from(values));

/** Codes and scales of a float32 vector under one scale, as plain numbers. */
function quantizeVector(
  values: number[],
  options: QuantizeSymmetricOptions = {},
): { codes: number[]; scales: number[] } {
  const { quantized, scale } = quantizeSymmetric(floats([values.length], ...values), options);
  return { codes: [...quantized.data], scales: [...scale.data] };
}

describe("quantizeSymmetric against rational arithmetic", () => {
  for (const dtype of ["float32", "float16", "bfloat16"] as FloatDType[]) {
    for (let bits = 2; bits <= 8; bits++) {
      it(`${dtype}, ${bits} bits, 40 rows of 33 of one magnitude each (seed ${bits})`, () => {
        const random = createRandom(bits);
        for (let row = 0; row < 40; row++) {
          const magnitude = 2 ** (dtype === "float16" ? random() * 30 - 15 : random() * 250 - 125);
          const values = Float32Array.from({ length: 33 }, () => (random() * 2 - 1) * magnitude);
          const x = hostTensor(dtype, [33], narrow(values, dtype));
          const wanted = quantizeGroup([...widen(x)], 2 ** (bits - 1) - 1);
          const { quantized, scale } = quantizeSymmetric(x, { bits });
          expect([...quantized.data]).toEqual(wanted.codes);
          expect([...scale.data]).toEqual([wanted.scale]);
        }
      });
    }
  }

  it("float32 of every magnitude side by side (seed 9)", () => {
    const values = randomFloats(9, 7 * 33);
    const { quantized, scale } = quantizeSymmetric(hostTensor("float32", [7, 33], values), { dim: 0 });
    for (let row = 0; row < 7; row++) {
      const wanted = quantizeGroup([...values.subarray(row * 33, row * 33 + 33)], 127);
      expect([...quantized.data.subarray(row * 33, row * 33 + 33)]).toEqual(wanted.codes);
      expect(scale.data[row]).toBe(wanted.scale);
    }
  });
});

describe("quantizeSymmetric, the corners of the contract", () => {
  it("takes ties to even", () => {
    const ties = [127, 63.5, -63.5, 62.5, -62.5, 0.5, -0.5, 1.5];
    expect(quantizeVector(ties)).toEqual({ codes: [127, 64, -64, 62, -62, 0, 0, 2], scales: [1] });
  });

  it("divides: multiplying by the reciprocal changes codes of bfloat16 weights at half their row's maximum", () => {
    const maxima = Array.from({ length: 128 }, (_, i) => 1 + i / 128);
    const changed = maxima.filter((maximum) => {
      const { codes, scales } = quantizeVector([maximum, maximum / 2]);
      expect(codes).toEqual(quantizeGroup([maximum, maximum / 2], 127).codes);
      return rne(fl32((maximum / 2) * fl32(1 / scales[0]))) !== codes[1];
    });
    expect(changed.length).toBeGreaterThan(0);
  });

  it("gives a row of zeros codes 0 and the scale 1, and -0 the code 0", () => {
    const { quantized, scale } = quantizeSymmetric(floats([3, 2], 0, 0, -0, -0, 1, -0), { dim: 0 });
    expect([...quantized.data]).toEqual([0, 0, 0, 0, 127, 0]);
    expect([...scale.data]).toEqual([1, 1, Math.fround(1 / 127)]);
  });

  it("gives a row whose scale underflows the scale 1 and codes 0", () => {
    const tiny = 63 * 2 ** -149;
    expect(quantizeVector([tiny, -tiny])).toEqual({ codes: [0, 0], scales: [1] });
  });

  it("reaches -128 with a subnormal scale, and only there", () => {
    // 190 / 127 of the smallest subnormal rounds down to 1 of it, so that the quotient is -190.
    const smallest = 2 ** -149;
    expect(quantizeVector([190 * smallest, -190 * smallest])).toEqual({ codes: [127, -128], scales: [smallest] });
    expect(quantizeVector([-1, -3.4e38, 2]).codes).toEqual([0, -127, 0]);
    for (const value of randomFloats(10, 5000)) {
      const { codes, scales } = quantizeVector([value]);
      if (scales[0] >= 2 ** -126) expect(Math.abs(codes[0])).toBe(value === 0 ? 0 : 127);
    }
  });

  it("holds the largest float32", () => {
    const largest = 3.4028234663852886e38;
    expect(quantizeVector([largest, -largest, 1]).codes).toEqual([127, -127, 0]);
  });

  it("uses all codes of few bits", () => {
    expect(quantizeVector([1, 0.6, 0.4, -1], { bits: 2 })).toEqual({ codes: [1, 1, 0, -1], scales: [1] });
    expect(quantizeVector([7, -7, 3.5, 2.5], { bits: 4 })).toEqual({ codes: [7, -7, 4, 2], scales: [1] });
  });

  it("makes one scale of 1 per group that exists of an empty tensor", () => {
    const scales = (shape: number[], options: QuantizeSymmetricOptions) => {
      const { quantized, scale } = quantizeSymmetric(floats(shape), options);
      expect(quantized.shape).toEqual(shape);
      return [scale.shape, [...scale.data]];
    };
    expect(scales([0], {})).toEqual([[], [1]]);
    expect(scales([3, 0], { dim: 0 })).toEqual([[3], [1, 1, 1]]);
    expect(scales([3, 0], { dim: 1 })).toEqual([[0], []]);
    expect(scales([2, 0], { groupSize: 4 })).toEqual([[2, 0], []]);
  });

  it("quantizes a scalar with one scale", () => {
    const { quantized, scale } = quantizeSymmetric(floats([], -3));
    expect([quantized.shape, [...quantized.data], scale.shape]).toEqual([[], [-127], []]);
  });

  it.runIf(typeof Float16Array === "function")("takes a native Float16Array", () => {
    const native = { dtype: "float16", shape: [3], data: Float16Array.of(1, -0.5, 0.25) } as const;
    const bits = hostTensor("float16", [3], Uint16Array.of(0x3c00, 0xb800, 0x3400));
    expect(quantizeSymmetric(native)).toEqual(quantizeSymmetric(bits));
  });

  it("returns the shapes, granularity and bits that upload and dequantize take, and leaves x as it was", () => {
    const x = floats([2, 3, 4], ...Array.from({ length: 24 }, (_, i) => i - 11));
    const before = x.data.slice();
    const { quantized, scale, granularity, bits } = quantizeSymmetric(x, { dim: -2, bits: 5 });
    expect([quantized.shape, scale.shape, granularity, bits]).toEqual([[2, 3, 4], [3], { kind: "channel", dim: 1 }, 5]);
    expect(x.data).toEqual(before);
  });

  it("quantizeWeightPerChannel is int8 with dim 0", () => {
    const weight = floats([2, 3], 1, 2, 3, -40, 50, 60);
    expect(quantizeWeightPerChannel(weight)).toEqual(quantizeSymmetric(weight, { dim: 0, bits: 8 }));
  });
});

describe("quantizeSymmetric refuses", () => {
  it("NaN and infinities, naming the first and how many there are, in every dtype and granularity", () => {
    const bad = [1, 2, Number.NaN, 4, Number.NEGATIVE_INFINITY, 6];
    for (const dtype of ["float32", "float16", "bfloat16"] as FloatDType[]) {
      for (const options of [{}, { dim: 0 }, { dim: 1 }, { groupSize: 3 }]) {
        const x = hostTensor(dtype, [2, 3], narrow(Float32Array.from(bad), dtype));
        const action = () => quantizeSymmetric(x, options);
        expect(errorCode(action)).toBe("ERR_NON_FINITE");
        expect(errorMessage(action)).toMatch(/^2 elements .*element 2 is NaN/);
      }
    }
    expect(errorMessage(() => quantizeVector([1, Number.POSITIVE_INFINITY]))).toMatch(
      /^1 element .*element 1 is Infinity/,
    );
  });

  const x = floats([2, 3], 1, 2, 3, 4, 5, 6);
  const refused: [string, string, () => unknown][] = [
    ["undefined", "ERR_DTYPE", () => quantizeSymmetric(undefined as never)],
    ["null", "ERR_DTYPE", () => quantizeWeightPerChannel(null as never)],
    ["a bare Float32Array", "ERR_DTYPE", () => quantizeSymmetric(new Float32Array(3) as never)],
    ["float64 data", "ERR_DTYPE", () => quantizeSymmetric({ ...x, data: new Float64Array(6) } as never)],
    ["int8", "ERR_DTYPE", () => quantizeSymmetric(hostTensor("int8", [1], new Int8Array(1)) as never)],
    ["data of another length", "ERR_SHAPE", () => quantizeSymmetric({ ...x, shape: [7] })],
    ["a dim that is no axis", "ERR_SHAPE", () => quantizeSymmetric(x, { dim: 2 })],
    ["groups that do not divide", "ERR_SHAPE", () => quantizeSymmetric(x, { groupSize: 2 })],
    ["dim and groupSize", "ERR_UNSUPPORTED", () => quantizeSymmetric(x, { dim: 0, groupSize: 3 })],
    ["a vector per channel 1", "ERR_SHAPE", () => quantizeSymmetric(floats([1], 1), { dim: 1 })],
    ["1 bit", "ERR_UNSUPPORTED", () => quantizeSymmetric(x, { bits: 1 })],
    ["9 bits", "ERR_UNSUPPORTED", () => quantizeSymmetric(x, { bits: 9 })],
    ["4.5 bits", "ERR_UNSUPPORTED", () => quantizeSymmetric(x, { bits: 4.5 })],
    ["bits as text", "ERR_UNSUPPORTED", () => quantizeSymmetric(x, { bits: "8" as never })],
  ];
  for (const [name, code, action] of refused) {
    it(`${name} with ${code}`, () => expect(errorCode(action)).toBe(code));
  }
});
