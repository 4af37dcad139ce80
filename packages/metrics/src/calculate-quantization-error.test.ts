import { type FloatDType, hostTensor, narrow, quantizeSymmetric, widen } from "@octet/core";
import { describe, expect, it } from "vitest";
import { errorCode, errorMessage } from "../test/support/error-code.ts";
import { plainFigures, restore } from "../test/support/plain-metrics.ts";
import { floats, normals } from "../test/support/tensors.ts";
import { calculateQuantizationError } from "./calculate-quantization-error.ts";

const codes = (shape: number[], ...values: number[]) => hostTensor("int8", shape, Int8Array.from(values));

describe("calculateQuantizationError", () => {
  const granularities = [
    {},
    { dim: 0 },
    { dim: -1 },
    { dim: 1 },
    { groupSize: 3 },
    { groupSize: 33 },
    { dim: 0, bits: 3 },
  ];
  for (const shape of [
    [7, 33],
    [1, 33],
    [129, 33],
    [2, 3, 33],
    [2, 3, 1, 33],
  ]) {
    for (const options of granularities) {
      it(`is what the definitions say for [${shape}] with ${JSON.stringify(options)} (seed 1)`, () => {
        const x = normals(1, shape);
        const { tensor, pairs } = restore(x, options);
        const got = calculateQuantizationError(x, tensor.quantized, tensor.scale, options);
        const wanted = plainFigures(pairs);
        expect(got.maxAbsError).toBe(wanted.maxAbsError);
        expect(got.relativeErrorPct).toBe(wanted.relativeErrorPct);
        // Two orders of summation of float64: 4257 terms differ by far less than 1e-12.
        expect(Math.abs(got.meanAbsError / wanted.meanAbsError - 1)).toBeLessThan(1e-12);
        expect(Math.abs(got.snrDb - wanted.snrDb)).toBeLessThan(1e-11);
      });
    }
  }

  it("widens half types exactly", () => {
    for (const dtype of ["float16", "bfloat16"] as FloatDType[]) {
      const half = hostTensor(dtype, [7, 33], narrow(normals(2, [7, 33]).data, dtype));
      const wide = hostTensor("float32", [7, 33], widen(half));
      const { quantized, scale } = quantizeSymmetric(half, { dim: 0 });
      expect(calculateQuantizationError(half, quantized, scale, { dim: 0 })).toEqual(
        calculateQuantizationError(wide, quantized, scale, { dim: 0 }),
      );
    }
  });

  it("has the known figures of normal weights, per channel and per tensor (seed 3)", () => {
    const x = normals(3, [512, 4096]);
    const figures = (options: object) => {
      const { quantized, scale } = quantizeSymmetric(x, options);
      return calculateQuantizationError(x, quantized, scale, options);
    };
    const channel = figures({ dim: 0 });
    expect(channel.snrDb).toBeCloseTo(41.2, 1);
    expect(channel.maxAbsError).toBeCloseTo(0.02, 2);
    expect(channel.meanAbsError).toBeCloseTo(0.0075, 4);
    expect(figures({}).snrDb).toBeGreaterThan(38);
  });

  it("has no epsilon: weights a million times smaller have the same SNR and relative error", () => {
    const x = normals(4, [3, 33]);
    const small = floats([3, 33], ...x.data.map((value) => value * 2 ** -60));
    const [large, tiny] = [x, small].map((weights) => {
      const { quantized, scale } = quantizeSymmetric(weights, { dim: 0 });
      return calculateQuantizationError(weights, quantized, scale, { dim: 0 });
    });
    expect([tiny.snrDb, tiny.relativeErrorPct]).toEqual([large.snrDb, large.relativeErrorPct]);
    expect(tiny.maxAbsError).toBe(large.maxAbsError * 2 ** -60);
  });

  it("takes the relative error over elements strictly above a tenth of the maximum", () => {
    const error = (...x: number[]) =>
      calculateQuantizationError(floats([3], ...x), codes([3], 10, 2, 0), floats([], 1));
    expect(error(10, 1, 0).relativeErrorPct).toBe(0);
    expect(error(10, 1.5, 0).relativeErrorPct).toBe(100 * (0.5 / 1.5));
    expect(error(-10, 0, 1.25).relativeErrorPct).toBe(200);
  });

  it("loses nothing visible over five million elements", () => {
    const value = Math.fround(0.1);
    const count = 5_000_000;
    const x = hostTensor("float32", [5000, 1000], new Float32Array(count).fill(value));
    const error = calculateQuantizationError(x, hostTensor("int8", [5000, 1000], new Int8Array(count)), floats([], 1));
    expect(Math.abs(error.meanAbsError / value - 1)).toBeLessThan(1e-15);
    expect(error.snrDb).toBe(0);
  });
});

describe("calculateQuantizationError at zero", () => {
  const nothing = { maxAbsError: 0, meanAbsError: 0, relativeErrorPct: 0, snrDb: Number.POSITIVE_INFINITY };

  it("an empty tensor lost nothing", () => {
    for (const [shape, options] of [
      [[0], {}],
      [[3, 0], { dim: 0 }],
      [[0, 3], { dim: 1 }],
      [[2, 0], { groupSize: 4 }],
    ] as const) {
      const { quantized, scale } = quantizeSymmetric(floats([...shape]), options);
      expect(calculateQuantizationError(floats([...shape]), quantized, scale, options)).toEqual(nothing);
    }
  });

  it("a tensor of zeros lost nothing", () => {
    expect(calculateQuantizationError(floats([2], 0, -0), codes([2], 0, 0), floats([], 1))).toEqual(nothing);
  });

  it("a tensor that its codes hold exactly lost nothing", () => {
    expect(calculateQuantizationError(floats([3], 1, -127, 64), codes([3], 1, -127, 64), floats([], 1))).toEqual(
      nothing,
    );
    expect(calculateQuantizationError(floats([], 3), codes([], 3), floats([], 1))).toEqual(nothing);
  });

  it("zeros that became something have an SNR of minus infinity", () => {
    expect(calculateQuantizationError(floats([2], 0, 0), codes([2], 0, 2), floats([], 0.5))).toEqual({
      ...{ maxAbsError: 1, meanAbsError: 0.5, relativeErrorPct: 0, snrDb: Number.NEGATIVE_INFINITY },
    });
  });
});

describe("calculateQuantizationError refuses", () => {
  const x = floats([2, 2], 1, 2, 3, 4);
  const { quantized, scale } = quantizeSymmetric(x, { dim: 0 });
  const refused: [string, string, () => unknown][] = [
    ["no original", "ERR_DTYPE", () => calculateQuantizationError(undefined as never, quantized, scale, { dim: 0 })],
    [
      "an integer original",
      "ERR_DTYPE",
      () => calculateQuantizationError(quantized as never, quantized, scale, { dim: 0 }),
    ],
    ["no codes", "ERR_FORMAT", () => calculateQuantizationError(x, undefined as never, undefined as never)],
    ["the wrong granularity", "ERR_FORMAT", () => calculateQuantizationError(x, quantized, scale)],
    [
      "another shape",
      "ERR_SHAPE",
      () => calculateQuantizationError(floats([4], 1, 2, 3, 4), quantized, scale, { dim: 0 }),
    ],
    ["a dim that is no axis", "ERR_SHAPE", () => calculateQuantizationError(x, quantized, scale, { dim: 2 })],
    [
      "dim and groupSize",
      "ERR_UNSUPPORTED",
      () => calculateQuantizationError(x, quantized, scale, { dim: 0, groupSize: 2 }),
    ],
  ];
  for (const [name, code, action] of refused) {
    it(`${name} with ${code}`, () => expect(errorCode(action)).toBe(code));
  }

  it("NaN and infinities, naming the first and how many, also far into the tensor", () => {
    const bad = normals(5, [3, 4096]);
    bad.data[5000] = Number.NaN;
    bad.data[9000] = Number.POSITIVE_INFINITY;
    const action = () =>
      calculateQuantizationError(bad, hostTensor("int8", [3, 4096], new Int8Array(3 * 4096)), floats([], 1));
    expect(errorCode(action)).toBe("ERR_NON_FINITE");
    expect(errorMessage(action)).toMatch(/^2 elements .*element 5000 is NaN/);
  });
});
