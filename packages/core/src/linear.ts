import { createArray } from "./create-array.ts";
import { allocate, type FloatDType } from "./dtype.ts";
import {
  isHostQuantizedTensor,
  type QuantizedTensorLike,
  validateHostQuantizedTensor,
} from "./host-quantized-tensor.ts";
import { HostTensor, normalizeFloatTensor, type TensorLike } from "./host-tensor.ts";
import {
  activationRange,
  type LinearActivations,
  type LinearGeometry,
  linearGeometry,
  linearOptionKinds,
} from "./linear-geometry.ts";
import { fl32 } from "./numerics.ts";
import { validateOptions } from "./options.ts";
import { quantizeValues } from "./quantize-group.ts";
import { narrow, narrowFloat64 } from "./widen.ts";

/** Options of `linear` on host tensors. */
export interface HostLinearOptions<D extends FloatDType = FloatDType> {
  /** `[outFeatures]`, any float dtype. */
  readonly bias?: TensorLike<FloatDType> | null;
  /** Default "float". */
  readonly activations?: LinearActivations;
  /** Of the result; default: that of x. */
  readonly dtype?: D;
}

/**
 * `y[m, n] = sum_k x[m, k] * w[n, k] + bias[n]`: x `[..., inFeatures]`, weight `[outFeatures, inFeatures]`, y `[..., outFeatures]`.
 *
 * With "float" activations the sum is taken in float64 and rounded once. With "int16" and "int8" each row of x is quantized, the sum
 * is an exact integer T, and `y = fl32(fl32(fl32(T) * sx[m]) * sw[n])`, then `fl32(y + bias[n])`, then one rounding to the dtype.
 * @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_UNSUPPORTED` (see `linearGeometry`), `ERR_FORMAT` (codes or scales),
 * `ERR_NON_FINITE` when the exact modes meet a NaN or infinity in x, `ERR_OUT_OF_MEMORY`.
 */
export function linear<X extends FloatDType, D extends FloatDType = X>(
  x: TensorLike<X>,
  weight: QuantizedTensorLike | TensorLike<FloatDType>,
  options?: HostLinearOptions<D>,
): HostTensor<D>;
export function linear(
  x: TensorLike<FloatDType>,
  weight: QuantizedTensorLike | TensorLike<FloatDType>,
  options: HostLinearOptions = {},
): HostTensor<FloatDType> {
  validateOptions("linear", options, linearOptionKinds);
  const activations = normalizeFloatTensor(x, "the activations");
  const bias = options.bias == null ? undefined : normalizeFloatTensor(options.bias, "the bias");
  const biasValues = bias?.values();
  if (!isHostQuantizedTensor(weight)) {
    const w = normalizeFloatTensor(weight, "the weight");
    const geometry = linearGeometry(activations, w, { ...options, bias });
    const unscaled = { values: toFloat64(w.values()), scales: undefined, groupSize: geometry.k };
    return floatLinear(geometry, activations.values(), unscaled, biasValues);
  }
  const w = validateHostQuantizedTensor(weight);
  const { granularity, bits } = w;
  const geometry = linearGeometry(activations, { shape: w.quantized.shape, granularity, bits }, { ...options, bias });
  const scaled = {
    values: toFloat64(w.quantized.data),
    scales: granularity.kind === "tensor" ? allocate("float32", geometry.n).fill(w.scale.data[0]) : w.scale.data,
    groupSize: granularity.kind === "group" ? granularity.size : geometry.k,
  };
  if (geometry.activations === "float") return floatLinear(geometry, activations.values(), scaled, biasValues);
  return integerLinear(geometry, geometry.activations, activations.values(), scaled, biasValues);
}

/** A weight as float64, which holds codes, floats and all sums of the exact modes exactly. */
interface ScaledWeight {
  /** `[n, k]`: weights, or codes. */
  readonly values: Float64Array;
  /** `[n, k / groupSize]`; none for float weights. */
  readonly scales: Float32Array | undefined;
  /** Input features that share a scale; all k per channel and per tensor. */
  readonly groupSize: number;
}

function floatLinear(
  { m, n, k, outputShape, dtype }: LinearGeometry,
  x: Float32Array, // [m, k]
  { values, scales, groupSize }: ScaledWeight,
  bias: Float32Array | undefined, // [n]
): HostTensor<FloatDType> {
  const rows = toFloat64(x);
  const y = createArray(Float64Array, m * n);
  const groups = k / groupSize;
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let start = 0, group = column * groups; start < k; start += groupSize, group++) {
        const scale = scales === undefined ? 1 : scales[group];
        sum += dot(rows, row * k + start, values, column * k + start, groupSize) * scale;
      }
      y[row * n + column] = bias === undefined ? sum : sum + bias[column];
    }
  }
  return new HostTensor(dtype, outputShape, narrowFloat64(y, dtype));
}

function integerLinear(
  { m, n, k, outputShape, dtype }: LinearGeometry,
  mode: "int16" | "int8",
  x: Float32Array, // [m, k]
  { values, scales }: ScaledWeight & { readonly scales: Float32Array },
  bias: Float32Array | undefined, // [n]
): HostTensor<FloatDType> {
  const codes = createArray(Int16Array, m * k);
  const rowScales = quantizeValues(x, { outer: 1, channels: m, inner: k }, activationRange[mode], codes);
  const rows = toFloat64(codes);
  const y = allocate("float32", m * n);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      const total = dot(rows, row * k, values, column * k, k);
      const product = fl32(fl32(fl32(total) * rowScales[row]) * scales[column]);
      y[row * n + column] = bias === undefined ? product : fl32(product + bias[column]);
    }
  }
  return new HostTensor(dtype, outputShape, narrow(y, dtype));
}

function toFloat64(values: ArrayLike<number>): Float64Array {
  return createArray(Float64Array, values);
}

/** The sum of products of two runs of `length` elements, starting from +0. */
function dot(a: Float64Array, aOffset: number, b: Float64Array, bOffset: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aOffset + i] * b[bOffset + i];
  return sum;
}
