import * as core from "@octet/core";
import {
  createReferenceBackend,
  dequantize,
  firstAvailable,
  hostTensor,
  linear,
  OctetError,
  quantize,
  quantizeSymmetric,
  quantizeWeightPerChannel,
} from "@octet/core";
import { describe, expect, expectTypeOf, it } from "vitest";

describe("@octet/core", () => {
  it("exports these values and no others", () => {
    expect(Object.keys(core).toSorted()).toMatchInlineSnapshot(`
      [
        "Brand",
        "DisposableObject",
        "OctetError",
        "activation",
        "activationCodes",
        "activationCodesOp",
        "activationKinds",
        "activationOp",
        "advance",
        "advanceOp",
        "bfloat16ToFloat32",
        "bitRange",
        "bitsToFloat32",
        "bytesPerElement",
        "createReferenceBackend",
        "dequantize",
        "dequantizeOp",
        "disposeSymbol",
        "equalGranularities",
        "equalShapes",
        "firstAvailable",
        "fl32",
        "float16ToFloat32",
        "float32ToBfloat16",
        "float32ToBits",
        "float32ToFloat16",
        "floatDTypes",
        "formatShape",
        "formatValue",
        "granularityOf",
        "hostTensor",
        "isDType",
        "isFloatDType",
        "isHostQuantizedTensor",
        "linear",
        "linearActivations",
        "linearOp",
        "maxExactInFeatures",
        "narrow",
        "narrowFloat64",
        "normalizeFloatTensor",
        "normalizeGranularity",
        "normalizeHostTensor",
        "positions",
        "positionsOp",
        "quantize",
        "quantizeOp",
        "quantizeRows",
        "quantizeRowsOp",
        "quantizeSymmetric",
        "quantizeWeightPerChannel",
        "readRows",
        "readRowsOp",
        "rne",
        "scaleLayout",
        "scaleShape",
        "sizeOf",
        "validateBackend",
        "validateFloatDType",
        "validateHostQuantizedTensor",
        "validateOptions",
        "validateShape",
        "widen",
        "writeRows",
        "writeRowsOp",
      ]
    `);
  });

  it("quantizes, brings back and multiplies on the host", () => {
    const weight = hostTensor("float32", [2, 3], Float32Array.of(0.5, -1, 0.25, 3, 0, -6));
    const { quantized, scale } = quantizeSymmetric(weight, { dim: 0 });
    expect([...quantized.data]).toEqual([64, -127, 32, 64, 0, -127]);
    expect([...scale.data]).toEqual([Math.fround(1 / 127), Math.fround(6 / 127)]);

    const back = dequantize(quantized, scale, { dim: 0, dtype: "float32" });
    expectTypeOf(back.data).toEqualTypeOf<Float32Array>();
    expect(back.data[1]).toBe(-1);
    expectTypeOf(dequantize(quantized, scale, { dim: 0 }).data).toEqualTypeOf<Uint16Array>();

    const y = linear(hostTensor("float32", [3], Float32Array.of(1, 1, 0)), quantizeWeightPerChannel(weight));
    expectTypeOf(y.data).toEqualTypeOf<Float32Array>();
    expect(y.shape).toEqual([2]);
    expect(y.data[1]).toBe(Math.fround(64 * scale.data[1]));
  });

  it("does the same on a backend, with nothing left behind", async () => {
    const { backend, rejected } = await firstAvailable([createReferenceBackend]);
    using _ = backend;
    expect(rejected).toEqual([]);
    const host = hostTensor("bfloat16", [2, 2], Uint16Array.of(0x3f80, 0xbf80, 0x4000, 0x3f00));
    {
      using x = backend.upload(host);
      using weight = quantize(x, { granularity: { kind: "channel", dim: 0 } });
      using y = linear(x, weight, { activations: "int8" });
      expect(await backend.download(weight)).toEqual(quantizeWeightPerChannel(host));
      expect(await backend.download(y)).toEqual(linear(host, quantizeWeightPerChannel(host), { activations: "int8" }));
    }
    expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
  });

  it("throws errors with codes", () => {
    const x = hostTensor("float32", [3], Float32Array.of(1, Number.NaN, 2));
    try {
      quantizeSymmetric(x);
      expect.fail("a NaN was quantized");
    } catch (error) {
      expect(OctetError.isInstance(error) && error.code).toBe("ERR_NON_FINITE");
    }
  });
});
