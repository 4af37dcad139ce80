import { describe, expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import { createRandom, randomFloats } from "../../test/support/random.ts";
import { binary16, binary32, brain16, multiply, rationalOf, roundToFormat } from "../../test/support/rational.ts";
import { widen } from "../numerics/widen.ts";
import type { FloatDType } from "../tensors/dtype.ts";
import { hostTensor } from "../tensors/host-tensor.ts";
import { dequantize } from "./dequantize.ts";
import { quantizeSymmetric } from "./quantize-symmetric.ts";

const codes = (shape: number[], ...values: number[]) => hostTensor("int8", shape, Int8Array.from(values));
const scales = (shape: number[], ...values: number[]) => hostTensor("float32", shape, Float32Array.from(values));

describe("dequantize", () => {
  it("is float16 unless asked otherwise, as in the original", () => {
    const { dtype, shape, data } = dequantize(codes([2], 1, -2), scales([], 0.5));
    expect([dtype, shape, data]).toEqual(["float16", [2], Uint16Array.of(0x3800, 0xbc00)]);
  });

  it("uses the scale of each channel, on any axis, and of each group", () => {
    const q = codes([2, 4], 1, 2, 3, 4, 5, 6, 7, 8);
    const values = (shape: number[], scale: number[], options: object) => [
      ...dequantize(q, scales(shape, ...scale), { dtype: "float32", ...options }).data,
    ];
    expect(values([], [2], {})).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
    expect(values([2], [1, 10], { dim: 0 })).toEqual([1, 2, 3, 4, 50, 60, 70, 80]);
    expect(values([4], [1, 10, 100, 1000], { dim: -1 })).toEqual([1, 20, 300, 4000, 5, 60, 700, 8000]);
    expect(values([2, 2], [1, 10, 100, 1000], { groupSize: 2 })).toEqual([1, 2, 30, 40, 500, 600, 7000, 8000]);
  });

  it("says what to pass when it is given a whole quantized tensor", () => {
    const q = quantizeSymmetric(scales([2, 3], 1, 2, 3, 4, 5, 6), { dim: 0 });
    const whole = () => dequantize(q as never, q.scale, { dim: 0 });
    expect(errorCode(whole)).toBe("ERR_FORMAT");
    expect(whole).toThrow("pass q.quantized and q.scale");
  });

  it("refuses scales that contradict dim", () => {
    const { quantized, scale } = quantizeSymmetric(scales([2, 3], 1, 2, 3, 4, 5, 6), { dim: 0 });
    expect(errorCode(() => dequantize(quantized, scale, { dim: 1 }))).toBe("ERR_FORMAT");
    expect(errorCode(() => dequantize(quantized, scale))).toBe("ERR_FORMAT");
  });

  it("rounds the product to float32 and then once to the output, on 2000 scales of every magnitude (seed 11)", () => {
    const random = createRandom(11);
    const formats = { float32: binary32, float16: binary16, bfloat16: brain16 };
    for (const value of randomFloats(11, 2000)) {
      const scale = Math.abs(value) || 1;
      const code = Math.floor(random() * 256) - 128;
      const product = roundToFormat(multiply(rationalOf(code), rationalOf(scale)), binary32);
      for (const dtype of ["float32", "float16", "bfloat16"] as FloatDType[]) {
        const wanted = Number.isFinite(product) ? roundToFormat(rationalOf(product), formats[dtype]) : product;
        expect(widen(dequantize(codes([1], code), scales([], scale), { dtype }))[0] + 0).toBe(wanted + 0);
      }
    }
  });

  it("gives an infinity of the right sign past the largest finite number", () => {
    const values = (dtype: FloatDType, scale: number) => [
      ...widen(dequantize(codes([3], 100, -100, 0), scales([], scale), { dtype })),
    ];
    const infinities = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    expect(values("float16", 656)).toEqual(infinities);
    // 3.4e38 is a float32, but lies past the middle of the largest bfloat16 and the next power of two.
    expect(values("float32", 3.4e36).every(Number.isFinite)).toBe(true);
    expect(values("bfloat16", 3.4e36)).toEqual(infinities);
    expect(values("float32", 3.4e37)).toEqual(infinities);
  });

  it("brings back every code that quantizeSymmetric made, times its scale", () => {
    const x = hostTensor(
      "float32",
      [3, 6],
      Float32Array.from({ length: 18 }, (_, i) => Math.sin(i)),
    );
    for (const options of [{}, { dim: 0 }, { dim: 1 }, { groupSize: 3 }]) {
      const { quantized, scale } = quantizeSymmetric(x, options);
      const back = widen(dequantize(quantized, scale, { ...options, dtype: "float32" }));
      for (const [i, value] of back.entries())
        expect(Math.abs(value - x.data[i])).toBeLessThanOrEqual(0.5 / 127 + 1e-7);
    }
  });

  it("handles empty tensors and scalars", () => {
    expect(dequantize(codes([3, 0]), scales([3], 1, 1, 1), { dim: 0 }).shape).toEqual([3, 0]);
    expect([...dequantize(codes([], -4), scales([], 0.25), { dtype: "float32" }).data]).toEqual([-1]);
  });

  const q = codes([2, 2], 1, 2, 3, 4);
  const refused: [string, string, () => unknown][] = [
    ["nothing", "ERR_FORMAT", () => dequantize(undefined as never, undefined as never)],
    ["no scale", "ERR_FORMAT", () => dequantize(q, undefined as never)],
    ["scales of a channel without dim", "ERR_FORMAT", () => dequantize(q, scales([2], 1, 1))],
    ["one scale with dim", "ERR_FORMAT", () => dequantize(q, scales([], 1), { dim: 0 })],
    ["a scale of 0", "ERR_FORMAT", () => dequantize(q, scales([], 0))],
    ["scales and codes exchanged", "ERR_FORMAT", () => dequantize(scales([], 1) as never, q as never)],
    ["an integer output", "ERR_DTYPE", () => dequantize(q, scales([], 1), { dtype: "int8" as never })],
    ["codes in a Uint8Array", "ERR_DTYPE", () => dequantize({ ...q, data: new Uint8Array(4) } as never, scales([], 1))],
    ["a dim that is no axis", "ERR_SHAPE", () => dequantize(q, scales([2], 1, 1), { dim: 2 })],
    ["dim and groupSize", "ERR_UNSUPPORTED", () => dequantize(q, scales([2], 1, 1), { dim: 0, groupSize: 2 })],
  ];
  for (const [name, code, action] of refused) {
    it(`refuses ${name} with ${code}`, () => expect(errorCode(action)).toBe(code));
  }
});
