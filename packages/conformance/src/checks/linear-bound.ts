import {
  type FloatDType,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  narrowFloat64,
  scaleLayout,
  widen,
} from "@octet/core";
import { checkBetween } from "./compare.ts";

/** What a linear op in bounded mode should give, [m, n], and the sum that its error is measured by. */
export interface LinearTruth {
  /** `sum_k x * w + bias`, in float64. */
  readonly values: Float64Array;
  /** `sum_k |x| * |w| + |bias|`, in float64. */
  readonly magnitudes: Float64Array;
}

/**
 * Fails unless y has this form and is within the bound of the numeric contract: some float32 z with
 * `|z - y*| <= (k + 8) * 2^-23 * magnitude + 2^-126`, rounded to the dtype of y. Rounding is monotone, so that is an interval.
 * `holds` says which elements [m, n] the bound holds for; the others may be anything. Default: all.
 */
export function checkLinearBound(
  y: HostTensor<FloatDType>,
  form: { readonly dtype: FloatDType; readonly shape: readonly number[] },
  { values, magnitudes }: LinearTruth,
  k: number,
  holds?: readonly boolean[],
): void {
  const bounds = magnitudes.map((magnitude) => (k + 8) * 2 ** -23 * magnitude + 2 ** -126);
  const end = (sign: 1 | -1): HostTensor<FloatDType> => {
    const limits = values.map((value, i) => value + sign * bounds[i]);
    return hostTensor(form.dtype, form.shape, narrowFloat64(limits, form.dtype));
  };
  const lowest = end(-1);
  const data = y.data.slice() as typeof y.data;
  holds?.forEach((held, i) => {
    if (!held) data[i] = lowest.data[i];
  });
  checkBetween(hostTensor(y.dtype, y.shape, data), lowest, end(1), "y outside the bound of the contract");
}

/** Which elements of y [m, n] the bound holds for: `128 * sum_k |x| * max(1, sw)` is finite in float32, and scales are normal. */
export function boundHolds(
  x: HostTensor<FloatDType>, // [..., k]
  weight: HostQuantizedTensor | HostTensor<FloatDType>, // [n, k]
): boolean[] {
  const rows = widen(x);
  const scales = scalesOf(weight);
  const [n, k] = "quantized" in weight ? weight.quantized.shape : weight.shape;
  const m = x.shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  return Array.from({ length: m * n }, (_, i) => {
    const row = Math.floor(i / n) * k;
    const column = (i % n) * k;
    let sum = 0;
    for (let j = 0; j < k; j++) {
      const scale = scales(column + j);
      if (scale !== 0 && scale < 2 ** -126) return false;
      sum += Math.abs(rows[row + j]) * Math.max(1, scale);
    }
    return Number.isFinite(Math.fround(128 * sum));
  });
}

/** The scale of each weight [n, k]. A float weight is a code of 1, or of 0, under a scale of its own. */
function scalesOf(weight: HostQuantizedTensor | HostTensor<FloatDType>): (index: number) => number {
  if ("quantized" in weight) {
    const { channels, inner } = scaleLayout(weight.granularity, weight.quantized.shape);
    return (index) => weight.scale.data[Math.floor(index / inner) % channels];
  }
  const values = widen(weight);
  return (index) => Math.abs(values[index]);
}

/** The truth from host tensors, independent of any backend: products of float32 values and sums of them err by 2^-53 of the magnitude. */
export function linearTruth(
  x: HostTensor<FloatDType>, // [..., k]
  weight: HostQuantizedTensor | HostTensor<FloatDType>, // [n, k]
  bias: HostTensor<FloatDType> | null, // [n]
): LinearTruth {
  const rows = widen(x);
  const w = weightValues(weight);
  const [n, k] = "quantized" in weight ? weight.quantized.shape : weight.shape;
  const m = k === 0 ? x.shape.slice(0, -1).reduce((product, extent) => product * extent, 1) : rows.length / k;
  const biases = bias === null ? new Float32Array(n) : widen(bias);
  const values = new Float64Array(m * n);
  const magnitudes = new Float64Array(m * n);
  for (let i = 0; i < m * n; i++) {
    const row = Math.floor(i / n) * k;
    const column = (i % n) * k;
    let sum = biases[i % n];
    let magnitude = Math.abs(sum);
    for (let j = 0; j < k; j++) {
      const product = rows[row + j] * w[column + j];
      sum += product;
      magnitude += Math.abs(product);
    }
    values[i] = sum;
    magnitudes[i] = magnitude;
  }
  return { values, magnitudes };
}

/** `code * scale` (or the float weights) in float64, [n, k]. */
function weightValues(weight: HostQuantizedTensor | HostTensor<FloatDType>): Float64Array {
  if (!("quantized" in weight)) return new Float64Array(widen(weight));
  const scales = scalesOf(weight);
  return Float64Array.from(weight.quantized.data, (code, index) => code * scales(index));
}
