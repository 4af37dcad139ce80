import { describe, expect, it } from "vitest";
import { errorCode } from "../test/support/error-code.ts";
import { normals } from "../test/support/tensors.ts";
import { isDefinedOp } from "./defined-op.ts";
import { floatDTypes } from "./dtype.ts";
import { linear } from "./linear.ts";
import { linearActivations } from "./linear-geometry.ts";
import { quantizeSymmetric } from "./quantize.ts";

describe("isDefinedOp", () => {
  const tensor = { kind: "tensor" } as const;

  it("knows the bits, dtypes and granularities of quantize and dequantize", () => {
    for (const op of ["quantize", "dequantize"] as const) {
      const channel = { kind: "channel", dim: 3 } as const;
      expect(isDefinedOp({ op, dtype: "bfloat16", granularity: channel, bits: 2 })).toBe(true);
      expect(isDefinedOp({ op, dtype: "float32", granularity: { kind: "group", size: 32 }, bits: 8 })).toBe(true);
      expect(isDefinedOp({ op, dtype: "float32", granularity: tensor, bits: 9 })).toBe(false);
      expect(isDefinedOp({ op, dtype: "float64" as never, granularity: tensor, bits: 8 })).toBe(false);
      expect(isDefinedOp({ op, dtype: "float32", granularity: { kind: "row" } as never, bits: 8 })).toBe(false);
    }
  });

  it("knows the activation functions", () => {
    expect(isDefinedOp({ op: "activation", dtype: "float16", kind: "gelu" })).toBe(true);
    expect(isDefinedOp({ op: "activation", dtype: "float16", kind: "tanh" as never })).toBe(false);
    expect(isDefinedOp({ op: "activation", dtype: "int8" as never, kind: "gelu" })).toBe(false);
  });

  it("knows no other op", () => expect(isDefinedOp({ op: "conv", dtype: "float32" } as never)).toBe(false));

  it("says of every linear what linear then does", () => {
    const x = normals(41, [2, 4]);
    const float = normals(42, [4, 4]);
    for (const activations of [...linearActivations, "int4" as never]) {
      for (const outputDType of [...floatDTypes, "int8" as never]) {
        const op = { op: "linear", dtype: x.dtype, outputDType, activations } as const;
        const runs = (weight: Parameters<typeof linear>[1]) =>
          errorCode(() => linear(x, weight, { activations, dtype: outputDType })) === undefined;
        expect(isDefinedOp({ ...op, weight: { dtype: "float32" } })).toBe(runs(float));
        for (const options of [{}, { dim: 0 }, { dim: 1 }, { groupSize: 2 }]) {
          const weight = quantizeSymmetric(float, options);
          expect(isDefinedOp({ ...op, weight })).toBe(runs(weight));
        }
      }
    }
  });

  it("counts dim -2 of a weight as 0, and refuses a bias or weight of integers", () => {
    const op = { op: "linear", dtype: "float32", outputDType: "float32", activations: "int8" } as const;
    const weight = { granularity: tensor, bits: 8 };
    expect(isDefinedOp({ ...op, weight: { ...weight, granularity: { kind: "channel", dim: -2 } } })).toBe(true);
    expect(isDefinedOp({ ...op, weight: { ...weight, granularity: { kind: "channel", dim: -1 } } })).toBe(false);
    expect(isDefinedOp({ ...op, weight, bias: "float16" })).toBe(true);
    expect(isDefinedOp({ ...op, weight, bias: "int32" as never })).toBe(false);
    expect(isDefinedOp({ ...op, activations: "float", weight: { dtype: "int8" as never } })).toBe(false);
    expect(isDefinedOp({ ...op, weight: { ...weight, bits: 1 } })).toBe(false);
  });
});
