import {
  activationOp,
  bfloat16ToFloat32,
  bitsToFloat32,
  dequantizeOp,
  type FloatDType,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  linearOp,
  narrow,
} from "@octet/core";
import type { Definitions } from "../definitions.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { defineBy } from "./define-by.ts";
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
    define(definitions) {
      defineBy(definitions, { scaleIndex: (channel) => Math.max(channel - 1, 0) });
      shiftScales(definitions);
    },
  },
  {
    fault: "truncated-halves",
    define(definitions) {
      defineBy(definitions, { output: truncate });
      truncateFloatLinear(definitions);
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
    define(definitions) {
      const flush = (value: number) => (Math.abs(value) < 2 ** -126 ? 0 * value : value);
      defineBy(definitions, { input: flush });
      changeRelu(definitions, (_x, y) => flush(y));
    },
  },
  {
    fault: "negative-zero",
    define(definitions) {
      defineBy(definitions, {
        epilogue: (sum, rowScale, columnScale, bias) => {
          const product = sum === 0 ? -0 : fl32(fl32(fl32(sum) * rowScale) * columnScale);
          return bias === undefined ? product : fl32(product + bias);
        },
      });
      changeRelu(definitions, (x, y) => (Object.is(x, -0) ? -0 : y));
    },
  },
];

function by(fault: Sabotage["fault"], changes: Partial<Arithmetic>): Sabotage {
  return { fault, define: (definitions) => defineBy(definitions, changes) };
}

/** Runs ops on weights whose scales have all moved one place on. */
function shiftScales(definitions: Definitions): void {
  const shift = <Weight extends HostTensor | HostQuantizedTensor>(weight: Weight): Weight => {
    if (!("quantized" in weight)) return weight;
    const scales = weight.scale.data.slice();
    scales.set(scales.slice(0, -1), Math.min(1, scales.length));
    return { ...weight, scale: hostTensor("float32", weight.scale.shape, scales) };
  };
  definitions
    .replace(dequantizeOp, ({ tensor }, params, compute) => compute({ tensor: shift(tensor) }, params))
    .replace(linearOp, (inputs, params, compute) => compute({ ...inputs, weight: shift(inputs.weight) }, params));
}

/** Float linears are computed in float32, then cut. */
function truncateFloatLinear(definitions: Definitions): void {
  definitions.replace(linearOp, (inputs, params, compute) => {
    const { activations, dtype } = params;
    if (activations !== "float" || dtype === "float32") return compute(inputs, params);
    const exact = compute(inputs, { activations, dtype: "float32" });
    return hostTensor<FloatDType>(dtype, exact.shape, truncate(exact.data as Float32Array, dtype));
  });
}

/** Gives `change(x, y)` for every element of the result of relu. */
function changeRelu(definitions: Definitions, change: (x: number, y: number) => number): void {
  definitions.replace(activationOp, (inputs, params, compute) => {
    const y = compute(inputs, params);
    if (params.kind !== "relu") return y;
    const values = inputs.x.values();
    const changed = Float32Array.from(y.values(), (value, index) => change(values[index], value));
    return hostTensor(y.dtype, y.shape, narrow(changed, y.dtype));
  });
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
