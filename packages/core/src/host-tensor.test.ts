import { describe, expect, it } from "vitest";
import { errorCode } from "../test/support/error-code.ts";
import {
  type HostQuantizedTensor,
  isHostQuantizedTensor,
  validateHostQuantizedTensor,
} from "./host-quantized-tensor.ts";
import { hostTensor, normalizeFloatTensor } from "./host-tensor.ts";
import { quantizeSymmetric } from "./quantize.ts";

describe("hostTensor", () => {
  it("keeps the data it was given and copies the shape", () => {
    const data = new Float32Array(6);
    const shape = [2, 3];
    const tensor = hostTensor("float32", shape, data);
    shape[0] = 9;
    expect(tensor.data).toBe(data);
    expect(tensor.shape).toEqual([2, 3]);
  });

  it.runIf(typeof Float16Array === "function")("reads a Float16Array as the bits of the same memory", () => {
    const values = Float16Array.of(9, 1, -2).subarray(1);
    const { data } = hostTensor("float16", [2], values);
    expect(data).toEqual(Uint16Array.of(0x3c00, 0xc000));
    expect(data.buffer).toBe(values.buffer);
  });

  const refused: [string, string, () => unknown][] = [
    ["an unknown dtype", "ERR_DTYPE", () => hostTensor("float64" as never, [1], new Float64Array(1) as never)],
    ["another typed array", "ERR_DTYPE", () => hostTensor("float32", [2], new Float64Array(2) as never)],
    ["a plain array", "ERR_DTYPE", () => hostTensor("float32", [2], [1, 2] as never)],
    ["no data", "ERR_DTYPE", () => hostTensor("float32", [2], undefined as never)],
    ["half values where bits are wanted", "ERR_DTYPE", () => hostTensor("bfloat16", [2], new Float32Array(2) as never)],
    ["too few elements", "ERR_SHAPE", () => hostTensor("int8", [2, 3], new Int8Array(5))],
    ["too many elements", "ERR_SHAPE", () => hostTensor("int8", [2, 3], new Int8Array(7))],
    ["an empty scalar", "ERR_SHAPE", () => hostTensor("int8", [], new Int8Array(0))],
    ["no shape", "ERR_SHAPE", () => hostTensor("int8", undefined as never, new Int8Array(0))],
  ];
  for (const [name, code, action] of refused) {
    it(`refuses ${name} with ${code}`, () => expect(errorCode(action)).toBe(code));
  }
});

it("normalizeFloatTensor refuses integers and what is no tensor", () => {
  for (const tensor of [hostTensor("int8", [1], new Int8Array(1)), undefined, null, 3, "x", new Float32Array(1), {}]) {
    expect(errorCode(() => normalizeFloatTensor(tensor as never, "x"))).toBe("ERR_DTYPE");
  }
});

it("a message says what to do with a bare array, and offers only dtypes that fit", () => {
  const advice = "a bare Float32Array; pass hostTensor(dtype, shape, data): use float32, float16 or bfloat16";
  expect(() => quantizeSymmetric(new Float32Array(3) as never)).toThrow(advice);
  expect(() => hostTensor("float32", [2], [1, 2] as never)).toThrow("its data has the type Array; pass a Float32Array");
});

describe("validateHostQuantizedTensor", () => {
  const tensor = quantizeSymmetric(hostTensor("float32", [2, 4], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)), { dim: -1 });
  const withScales = (shape: number[], ...scales: number[]): HostQuantizedTensor => ({
    ...tensor,
    scale: hostTensor("float32", shape, Float32Array.from(scales)),
  });

  it("accepts what quantizeSymmetric makes and counts dim from the front", () => {
    expect(validateHostQuantizedTensor(tensor)).toEqual(tensor);
    const negative = { ...tensor, granularity: { kind: "channel", dim: -1 } } as const;
    expect(validateHostQuantizedTensor(negative).granularity).toEqual({ kind: "channel", dim: 1 });
  });

  it("accepts the smallest and the largest scale", () => {
    expect(errorCode(() => validateHostQuantizedTensor(withScales([4], 2 ** -149, 1, 1, 3.4028234e38)))).toBe(
      undefined,
    );
  });

  const refused: [string, string, unknown][] = [
    ["nothing", "ERR_FORMAT", undefined],
    ["a plain tensor", "ERR_FORMAT", tensor.quantized],
    ["no codes", "ERR_FORMAT", { ...tensor, quantized: undefined }],
    ["no scales", "ERR_FORMAT", { ...tensor, scale: undefined }],
    ["float codes", "ERR_FORMAT", { ...tensor, quantized: hostTensor("float32", [2, 4], new Float32Array(8)) }],
    ["float16 scales", "ERR_FORMAT", { ...tensor, scale: hostTensor("float16", [4], new Uint16Array(4).fill(1)) }],
    ["scales of another shape", "ERR_FORMAT", withScales([2, 2], 1, 1, 1, 1)],
    ["too few scales", "ERR_FORMAT", withScales([3], 1, 1, 1)],
    ["a scale of 0", "ERR_FORMAT", withScales([4], 1, 0, 1, 1)],
    ["a scale below 0", "ERR_FORMAT", withScales([4], 1, 1, -1, 1)],
    ["a scale of NaN", "ERR_FORMAT", withScales([4], 1, 1, 1, Number.NaN)],
    ["an infinite scale", "ERR_FORMAT", withScales([4], Number.POSITIVE_INFINITY, 1, 1, 1)],
    ["codes past their bits", "ERR_FORMAT", { ...tensor, bits: 4 }],
    ["9 bits", "ERR_UNSUPPORTED", { ...tensor, bits: 9 }],
    ["no granularity", "ERR_UNSUPPORTED", { ...tensor, granularity: undefined }],
    ["a dim that is no axis", "ERR_SHAPE", { ...tensor, granularity: { kind: "channel", dim: 2 } }],
  ];
  for (const [name, code, hostile] of refused) {
    it(`refuses ${name} with ${code}`, () => {
      expect(errorCode(() => validateHostQuantizedTensor(hostile as HostQuantizedTensor))).toBe(code);
    });
  }

  it("knows its own kind", () => {
    expect(isHostQuantizedTensor(tensor)).toBe(true);
    for (const other of [tensor.quantized, undefined, null, "quantized"])
      expect(isHostQuantizedTensor(other)).toBe(false);
  });
});
