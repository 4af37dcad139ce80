import {
  bitsToFloat32,
  type FloatDType,
  float32ToBits,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  linearOp,
  narrow,
  scaleLayout,
  sizeOf,
  widen,
} from "@octet/core";
import { nonFinite } from "@octet/core/backend";
import type { Definitions } from "../definitions.ts";
import type { Sabotage } from "./sabotage.ts";

/** Shortcuts of float linears, which a bound alone may not see. */
export const floatLinearSabotages: readonly Sabotage[] = [
  {
    fault: "tensor-float-32",
    define: (definitions) => multiplyBy(definitions, { operand: cutToTensorFloat, sum: (sum) => sum }),
  },
  {
    fault: "half-sums",
    define: (definitions) => multiplyBy(definitions, { operand: (value) => value, sum: roundToDType }),
  },
  { fault: "unrepeatable-sums", define: changeSecondRun },
  { fault: "refused-overflow", define: refuseOverflow },
  { fault: "spread-overflow", define: spreadOverflow },
];

interface Shortcut {
  /** A float32 operand as the multiplier sees it. */
  readonly operand: (value: number) => number;
  /** A product, or a sum so far, for activations of this dtype. */
  readonly sum: (value: number, dtype: FloatDType) => number;
}

interface FloatInputs {
  readonly x: HostTensor<FloatDType>;
  readonly weight: HostQuantizedTensor | HostTensor<FloatDType>;
  readonly bias?: HostTensor<FloatDType> | undefined;
}

function cutToTensorFloat(value: number): number {
  return bitsToFloat32(float32ToBits(value) & 0xffffe000);
}

function roundToDType(value: number, dtype: FloatDType): number {
  if (dtype === "float32") return value;
  return widen({ dtype, shape: [1], data: narrow(Float32Array.of(value), dtype) })[0];
}

function multiplyBy(definitions: Definitions, shortcut: Shortcut): void {
  definitions.replace(linearOp, (inputs, params, compute) => {
    const y = compute(inputs, params);
    return params.activations === "float" ? multiply(shortcut, inputs as FloatInputs, y) : y;
  });
}

/** In the form of `y`. */
function multiply(
  { operand, sum: round }: Shortcut,
  { x, weight, bias }: FloatInputs,
  { dtype, shape }: HostTensor<FloatDType>,
): HostTensor<FloatDType> {
  const rows = x.dtype === "float32" ? widen(x).map(operand) : widen(x);
  const [n, k] = "quantized" in weight ? weight.quantized.shape : weight.shape;
  const w = weightOf(weight, operand);
  const addends = bias ? widen(bias) : new Float32Array(n);
  const values = new Float32Array(sizeOf(shape));
  for (let index = 0; index < values.length; index++) {
    const [row, column] = [Math.floor(index / n) * k, (index % n) * k];
    let sum = 0;
    for (let i = 0; i < k; i++) sum = round(sum + round(rows[row + i] * w[column + i], x.dtype), x.dtype);
    values[index] = sum + addends[index % n];
  }
  return hostTensor(dtype, shape, narrow(values, dtype));
}

/** Weights [n, k] as float64; codes have few bits, only float32 weights are cut. */
function weightOf(weight: FloatInputs["weight"], operand: (value: number) => number): Float64Array {
  if (!("quantized" in weight)) {
    return new Float64Array(weight.dtype === "float32" ? widen(weight).map(operand) : widen(weight));
  }
  const { channels, inner } = scaleLayout(weight.granularity, weight.quantized.shape);
  return Float64Array.from(
    weight.quantized.data,
    (code, index) => code * weight.scale.data[Math.floor(index / inner) % channels],
  );
}

/** One unit in the last place more when the same x is multiplied again. */
function changeSecondRun(definitions: Definitions): void {
  const seen = new WeakSet<object>();
  definitions.replace(linearOp, (inputs, params, compute) => {
    const y = compute(inputs, params);
    if (params.activations !== "float") return y;
    const { data } = y;
    if (seen.has(inputs.x) && data.length > 0) {
      data[0] = data instanceof Float32Array ? data[0] * (1 + 2 ** -22) : data[0] + 1;
    }
    seen.add(inputs.x);
    return y;
  });
}

function refuseOverflow(definitions: Definitions): void {
  afterFloatLinear(definitions, (y) => {
    const values = widen(y);
    const bad = [...values.keys()].filter((index) => !Number.isFinite(values[index]));
    if (bad.length > 0) throw nonFinite(bad[0], bad.length);
  });
}

/** As a multiplication by 0 does that is to take an element out of a sum. */
function spreadOverflow(definitions: Definitions): void {
  afterFloatLinear(definitions, (y) => {
    const n = y.shape[y.shape.length - 1];
    const values = widen(y);
    for (let row = 0; row < values.length; row += n) {
      const rest = values.subarray(row, row + n);
      if (!rest.every(Number.isFinite)) rest.fill(Number.NaN);
    }
    y.data.set(narrow(values, y.dtype) as never);
  });
}

function afterFloatLinear(definitions: Definitions, change: (y: HostTensor<FloatDType>) => void): void {
  definitions.replace(linearOp, (inputs, params, compute) => {
    const y = compute(inputs, params);
    if (params.activations === "float") change(y);
    return y;
  });
}
