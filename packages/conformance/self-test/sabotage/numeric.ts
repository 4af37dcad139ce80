import {
  type ActivationKind,
  type Backend,
  bfloat16ToFloat32,
  bitsToFloat32,
  type FloatDType,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
  type HostTensor,
  narrow,
  type Tensor,
} from "@octet/core";
import type { Arithmetic } from "./arithmetic.ts";
import { computeBy } from "./compute-by.ts";
import { type AnyFunction, type AnyTensor, hostOf, patch } from "./patch.ts";
import type { Sabotage } from "./sabotage.ts";

const fl32 = Math.fround;
const largest = bitsToFloat32(0x7f7fffff);

/** Wrong steps of what is exact: quantize, dequantize, linear with integer activations, relu. */
export const numericSabotages: readonly Sabotage[] = [
  by("round-half-up", { round: Math.round }),
  by("reciprocal-of-scale", { quotient: (value, scale) => fl32(value * fl32(1 / scale)) }),
  by("reciprocal-of-qmax", { scale: (maximum, qmax) => fl32(maximum * fl32(1 / qmax)) }),
  by("unrounded-quotient", { quotient: (value, scale) => value / scale }),
  by("missed-maximum", { missed: 1 }),
  by("ignored-bits", { range: (range, of) => (of === "weights" ? { lowest: -128, qmax: 127 } : range) }),
  {
    fault: "previous-scale",
    apply(backend) {
      computeBy(backend, { scaleIndex: (channel) => Math.max(channel - 1, 0) });
      shiftScales(backend, "dequantize", 0);
      shiftScales(backend, "linear", 1);
    },
  },
  {
    fault: "truncated-halves",
    apply(backend) {
      computeBy(backend, { output: truncate });
      truncateFloatLinear(backend);
    },
  },
  by("saturated-overflow", { output: saturate }),
  by("scales-multiplied-first", {
    epilogue: (sum, rowScale, columnScale, bias) => {
      const product = fl32(fl32(sum) * fl32(rowScale * columnScale));
      return bias === undefined ? product : fl32(product + bias);
    },
  }),
  by("fused-bias", {
    epilogue: (sum, rowScale, columnScale, bias = 0) => fl32(fl32(fl32(sum) * rowScale) * columnScale + bias),
  }),
  by("asymmetric-activations", {
    range: (range, of) => (of === "weights" ? range : { ...range, lowest: range.lowest - 1 }),
  }),
  by("qmax-32767", { range: (range, of) => (of === "int16" ? { lowest: -32767, qmax: 32767 } : range) }),
  by("float32-sums", { sum: (sum, mode) => (mode === "int8" ? fl32(sum) : sum) }),
  by("wrapped-sums", { sum: (sum, mode) => (mode === "int16" ? sum | 0 : sum) }),
  {
    fault: "flushed-subnormals",
    apply(backend) {
      const flush = (value: number) => (Math.abs(value) < 2 ** -126 ? 0 * value : value);
      computeBy(backend, { input: flush });
      changeRelu(backend, (_x, y) => flush(y));
    },
  },
  {
    fault: "negative-zero",
    apply(backend) {
      computeBy(backend, {
        epilogue: (sum, rowScale, columnScale, bias) => {
          const product = sum === 0 ? -0 : fl32(fl32(fl32(sum) * rowScale) * columnScale);
          return bias === undefined ? product : fl32(product + bias);
        },
      });
      changeRelu(backend, (x, y) => (Object.is(x, -0) ? -0 : y));
    },
  },
];

function by(fault: Sabotage["fault"], changes: Partial<Arithmetic>): Sabotage {
  return { fault, apply: (backend) => computeBy(backend, changes) };
}

/** Runs an op on a quantized operand whose scales have all moved one place on. */
function shiftScales(backend: Backend, name: "dequantize" | "linear", position: number): void {
  patch(backend, name, (original) => (...parameters: never[]) => {
    const operand = parameters[position] as AnyTensor | undefined;
    const host = operand?.backend === backend && !operand.disposed ? hostOf(operand) : undefined;
    if (host === undefined || !("quantized" in host)) return (original as AnyFunction)(...parameters);
    const scales = host.scale.data.slice();
    host.scale.data.set(scales.subarray(0, -1), Math.min(1, scales.length));
    try {
      return (original as AnyFunction)(...parameters);
    } finally {
      host.scale.data.set(scales);
    }
  });
}

/** Float linears are computed in float32, then cut. */
function truncateFloatLinear(backend: Backend): void {
  patch(backend, "linear", (original) => (...parameters: Parameters<Backend["linear"]>) => {
    const result = original(...parameters);
    const [x, weight, options = {}] = parameters;
    if ((options.activations ?? "float") !== "float" || result.dtype === "float32") return result;
    const exact = original(x, weight, { ...options, dtype: "float32" });
    const values = hostOf(exact as Tensor).data as Float32Array;
    hostOf(result as Tensor).data.set(truncate(values, result.dtype) as never);
    exact.dispose();
    return result;
  });
}

/** Writes `change(x, y)` over every element of the result of relu. */
function changeRelu(backend: Backend, change: (x: number, y: number) => number): void {
  patch(backend, "activation", (original) => (x: Tensor<FloatDType>, kind: ActivationKind) => {
    const result = original(x, kind);
    if (kind !== "relu") return result;
    const inputs = valuesOf(hostOf(x as Tensor) as HostTensor<FloatDType>);
    const y = hostOf(result as Tensor) as HostTensor<FloatDType>;
    const values = valuesOf(y).map((value, index) => change(inputs[index], value));
    y.data.set(narrow(Float32Array.from(values), y.dtype) as never);
    return result;
  });
}

function valuesOf({ dtype, data }: HostTensor<FloatDType>): number[] {
  if (dtype === "float32") return [...data];
  return Array.from(data, dtype === "float16" ? float16ToFloat32 : bfloat16ToFloat32);
}

/** The half at or below |value|. */
function truncate(values: Float32Array, dtype: FloatDType): HostTensor<FloatDType>["data"] {
  if (dtype === "float32") return values;
  const [round, widen] =
    dtype === "float16" ? [float32ToFloat16, float16ToFloat32] : [float32ToBfloat16, bfloat16ToFloat32];
  return Uint16Array.from(values, (value) => {
    const bits = round(value);
    return Math.abs(widen(bits)) > Math.abs(value) ? bits - 1 : bits;
  });
}

/** The largest finite value where rounding gives an infinity. */
function saturate(values: Float32Array, dtype: FloatDType): HostTensor<FloatDType>["data"] {
  const limit = { float32: largest, float16: 65504, bfloat16: bfloat16ToFloat32(0x7f7f) }[dtype];
  return narrow(
    values.map((value) => Math.min(Math.max(value, -limit), limit)),
    dtype,
  );
}
