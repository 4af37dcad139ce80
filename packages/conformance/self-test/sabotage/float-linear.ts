import {
  type Backend,
  bitsToFloat32,
  type FloatDType,
  float32ToBits,
  type HostQuantizedTensor,
  type HostTensor,
  type LinearOptions,
  narrow,
  nonFinite,
  scaleLayout,
  type Tensor,
  widen,
} from "@octet/core";
import { type AnyTensor, hostOf, patch } from "./patch.ts";
import type { Sabotage } from "./sabotage.ts";

/** Shortcuts of float linears, which a bound alone may not see. */
export const floatLinearSabotages: readonly Sabotage[] = [
  {
    fault: "tensor-float-32",
    apply: (backend) => multiplyBy(backend, { operand: cutToTensorFloat, sum: (sum) => sum }),
  },
  { fault: "half-sums", apply: (backend) => multiplyBy(backend, { operand: (value) => value, sum: roundToDType }) },
  { fault: "unrepeatable-sums", apply: changeSecondRun },
  { fault: "refused-overflow", apply: refuseOverflow },
  { fault: "spread-overflow", apply: spreadOverflow },
];

interface Shortcut {
  /** A float32 operand as the multiplier sees it. */
  readonly operand: (value: number) => number;
  /** A product, or a sum so far, for activations of this dtype. */
  readonly sum: (value: number, dtype: FloatDType) => number;
}

function cutToTensorFloat(value: number): number {
  return bitsToFloat32(float32ToBits(value) & 0xffffe000);
}

function roundToDType(value: number, dtype: FloatDType): number {
  if (dtype === "float32") return value;
  return widen({ dtype, shape: [1], data: narrow(Float32Array.of(value), dtype) })[0];
}

function multiplyBy(backend: Backend, shortcut: Shortcut): void {
  patch(backend, "linear", (original) => (...parameters: Parameters<Backend["linear"]>) => {
    const result = original(...parameters);
    const [x, weight, options = {}] = parameters;
    if ((options.activations ?? "float") === "float") overwrite(shortcut, x, weight, options, hostOf(result as Tensor));
    return result;
  });
}

function overwrite(
  { operand, sum: round }: Shortcut,
  x: Tensor<FloatDType>,
  weight: AnyTensor,
  { bias }: LinearOptions,
  y: HostTensor,
): void {
  const host = hostOf(x as Tensor) as HostTensor<FloatDType>;
  const rows = host.dtype === "float32" ? widen(host).map(operand) : widen(host);
  const [n, k] = weight.shape;
  const w = weightOf(hostOf(weight) as HostQuantizedTensor | HostTensor<FloatDType>, operand);
  const addends = bias ? widen(hostOf(bias as Tensor) as HostTensor<FloatDType>) : new Float32Array(n);
  const values = new Float32Array(y.data.length);
  for (let index = 0; index < values.length; index++) {
    const [row, column] = [Math.floor(index / n) * k, (index % n) * k];
    let sum = 0;
    for (let i = 0; i < k; i++) sum = round(sum + round(rows[row + i] * w[column + i], host.dtype), host.dtype);
    values[index] = sum + addends[index % n];
  }
  y.data.set(narrow(values, y.dtype as FloatDType) as never);
}

/** Weights [n, k] as float64; codes have few bits, only float32 weights are cut. */
function weightOf(
  weight: HostQuantizedTensor | HostTensor<FloatDType>,
  operand: (value: number) => number,
): Float64Array {
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
function changeSecondRun(backend: Backend): void {
  const seen = new WeakSet<AnyTensor>();
  patch(backend, "linear", (original) => (...parameters: Parameters<Backend["linear"]>) => {
    const result = original(...parameters);
    const { data } = hostOf(result as Tensor);
    if (seen.has(parameters[0]) && data.length > 0)
      data[0] = data instanceof Float32Array ? data[0] * (1 + 2 ** -22) : data[0] + 1;
    seen.add(parameters[0]);
    return result;
  });
}

function refuseOverflow(backend: Backend): void {
  afterFloatLinear(backend, (y) => {
    const values = widen(y);
    const bad = [...values.keys()].filter((index) => !Number.isFinite(values[index]));
    if (bad.length > 0) throw nonFinite(bad[0], bad.length);
  });
}

/** As a multiplication by 0 does that is to take an element out of a sum. */
function spreadOverflow(backend: Backend): void {
  afterFloatLinear(backend, (y) => {
    const n = y.shape[y.shape.length - 1];
    const values = widen(y);
    for (let row = 0; row < values.length; row += n) {
      const rest = values.subarray(row, row + n);
      if (!rest.every(Number.isFinite)) rest.fill(Number.NaN);
    }
    y.data.set(narrow(values, y.dtype) as never);
  });
}

function afterFloatLinear(backend: Backend, change: (y: HostTensor<FloatDType>) => void): void {
  patch(backend, "linear", (original) => (...parameters: Parameters<Backend["linear"]>) => {
    const result = original(...parameters);
    const { activations = "float" } = parameters[2] ?? {};
    if (activations === "float") change(hostOf(result as Tensor) as HostTensor<FloatDType>);
    return result;
  });
}
