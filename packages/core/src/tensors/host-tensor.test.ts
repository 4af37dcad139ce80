import { describe, expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import { widen } from "../numerics/widen.ts";
import { dequantize } from "../ops/dequantize.ts";
import { quantizeSymmetric } from "../ops/quantize-symmetric.ts";
import { createReferenceBackend } from "../reference/reference-backend.ts";
import {
  type HostQuantizedTensor,
  isHostQuantizedTensor,
  validateHostQuantizedTensor,
} from "./host-quantized-tensor.ts";
import { hostTensor, normalizeFloatTensor } from "./host-tensor.ts";

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

describe("values", () => {
  it("are the numbers of every dtype, where the data of half types are bit patterns", () => {
    const one = { float16: 0x3c00, bfloat16: 0x3f80 };
    for (const dtype of ["float16", "bfloat16"] as const) {
      expect(hostTensor(dtype, [2], Uint16Array.of(one[dtype], 0x8000 | one[dtype])).values()).toEqual(
        Float32Array.of(1, -1),
      );
    }
    expect(hostTensor("int8", [2], Int8Array.of(-128, 127)).values()).toEqual(Float32Array.of(-128, 127));
    expect(hostTensor("int32", [1], Int32Array.of(2 ** 24 + 1)).values()).toEqual(Float32Array.of(2 ** 24));
    const floats = new Float32Array(3);
    expect(hostTensor("float32", [3], floats).values()).toBe(floats);
  });

  it("measure a dequantized tensor, as the guides do", () => {
    const weight = hostTensor("float32", [2, 4], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const { quantized, scale } = quantizeSymmetric(weight, { dim: 0 });
    const restored = dequantize(quantized, scale, { dim: 0 }).values();
    const errors = weight.values().map((value, index) => Math.abs(value - restored[index]));
    expect(Math.max(...errors)).toBeLessThan(8 / 127);
  });

  it("are of what a backend gives back, and of plain objects by widen", async () => {
    using backend = createReferenceBackend();
    const plain = { dtype: "float16", shape: [1], data: Uint16Array.of(0x4000) } as const;
    using x = backend.upload(plain);
    expect((await backend.download(x)).values()).toEqual(Float32Array.of(2));
    expect(widen(plain)).toEqual(Float32Array.of(2));
  });

  it("do not show in comparisons, clones, spreads and JSON", () => {
    const fields = { dtype: "float32", shape: [1], data: Float32Array.of(1) } as const;
    const tensor = hostTensor(fields.dtype, fields.shape, fields.data);
    expect(tensor).toEqual(fields);
    expect(structuredClone(tensor)).toStrictEqual({ ...fields });
    expect(Object.keys({ ...tensor })).toEqual(["dtype", "shape", "data"]);
  });
});

it("a shape is frozen, and a copy", () => {
  const shape = [2, 3];
  const tensor = hostTensor("int8", shape, new Int8Array(6));
  expect(Object.isFrozen(tensor.shape)).toBe(true);
  expect(Object.isFrozen(shape)).toBe(false);
  expect(() => Object.assign(tensor.shape, { 0: 20 })).toThrow(TypeError);
  expect(Object.isFrozen(quantizeSymmetric(hostTensor("float32", [1], new Float32Array(1))).granularity)).toBe(true);
});

it("a copy has data of its own", () => {
  const tensor = hostTensor("bfloat16", [2, 1], Uint16Array.of(1, 2));
  const copy = tensor.copy();
  expect(copy).toEqual(tensor);
  copy.data[0] = 9;
  expect([...tensor.data]).toEqual([1, 2]);
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
