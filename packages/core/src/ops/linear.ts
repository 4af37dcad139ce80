import type { Op, QuantizedTensor, RowCodes, Tensor } from "../backend/contract.ts";
import { fl32 } from "../numerics/numerics.ts";
import { narrow, narrowFloat64 } from "../numerics/widen.ts";
import { validateOptions } from "../options.ts";
import { createArray } from "../tensors/create-array.ts";
import { allocate, type FloatDType } from "../tensors/dtype.ts";
import { type HostQuantizedTensor, isHostQuantizedTensor } from "../tensors/host-quantized-tensor.ts";
import { HostTensor, type TensorLike } from "../tensors/host-tensor.ts";
import type { HostRowCodes } from "../tensors/row-codes.ts";
import { isHostRowCodes } from "../tensors/row-codes.ts";
import { applyOp } from "./apply.ts";
import { hostForm } from "./compute-op.ts";
import { type LinearGeometry, type LinearParams, linearGeometry } from "./linear-geometry.ts";
import { quantizeRowsOp } from "./quantize-rows.ts";

/** Options of `linear` on a device. */
export interface LinearOptions extends LinearParams {
  /** `[outFeatures]`, any float dtype. */
  readonly bias?: Tensor<FloatDType> | null;
}

/** Options of `linear` on host tensors. */
export interface HostLinearOptions<D extends FloatDType = FloatDType> extends LinearParams {
  /** `[outFeatures]`, any float dtype. */
  readonly bias?: TensorLike<FloatDType> | null;
  /** Of the result; default: that of x, float32 where x is codes. */
  readonly dtype?: D;
}

export interface LinearInputs {
  /** `[..., inFeatures]` */
  readonly x: Tensor<FloatDType> | RowCodes;
  /** `[outFeatures, inFeatures]` */
  readonly weight: QuantizedTensor | Tensor<FloatDType>;
  /** `[outFeatures]` */
  readonly bias?: Tensor<FloatDType> | undefined;
}

/**
 * `y[m, n] = sum_k x[m, k] * w[n, k] + bias[n]`. With "float" activations within the bound of the numeric contract: here the sum is
 * taken in float64 and rounded once. With "int16" and "int8" exact: each row of x is quantized (`quantizeRowsOp`), the sum is an
 * integer T, and `y = fl32(fl32(fl32(T) * sx[m]) * sw[n])`, then `fl32(y + bias[n])`, then one rounding to the dtype.
 */
export const linearOp: Op<LinearInputs, LinearParams, Tensor<FloatDType>> = {
  name: "linear",
  params: { activations: "any", dtype: "any" },
  optional: ["bias"],
  plan({ x, weight, bias }, params) {
    const { activations, dtype, outputShape } = linearGeometry(x, weight, bias, params);
    return { params: { activations, dtype }, output: { dtype, shape: outputShape } };
  },
  compute({ x, weight, bias }, params) {
    const geometry = linearGeometry(hostForm(x) as never, hostForm(weight) as never, bias, params);
    const biasValues = bias?.values();
    if (!isHostQuantizedTensor(weight)) {
      const unscaled = { values: toFloat64(weight.values()), scales: undefined, groupSize: geometry.k };
      return floatLinear(geometry, (x as HostTensor<FloatDType>).values(), unscaled, biasValues);
    }
    const { granularity } = weight;
    const scaled = {
      values: toFloat64(weight.quantized.data),
      scales:
        granularity.kind === "tensor" ? allocate("float32", geometry.n).fill(weight.scale.data[0]) : weight.scale.data,
      groupSize: granularity.kind === "group" ? granularity.size : geometry.k,
    };
    if (isHostRowCodes(x)) return integerLinear(geometry, x, scaled, biasValues);
    if (geometry.activations === "float") return floatLinear(geometry, x.values(), scaled, biasValues);
    return integerLinear(
      geometry,
      quantizeRowsOp.compute({ x }, { activations: geometry.activations }),
      scaled,
      biasValues,
    );
  },
  finite: ({ activations }) => (activations === "float" ? [] : ["x"]),
};

/**
 * A linear layer, on the device that holds its arguments or on the host: x `[..., inFeatures]` or its codes, weight
 * `[outFeatures, inFeatures]`, y `[..., outFeatures]`.
 * @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_UNSUPPORTED` for combinations outside the contract, `ERR_NON_FINITE` when the exact
 * modes meet a NaN or infinity in x
 */
export function linear(
  x: Tensor<FloatDType> | RowCodes,
  weight: QuantizedTensor | Tensor<FloatDType>,
  options?: LinearOptions,
): Tensor<FloatDType>;
export function linear<X extends FloatDType, D extends FloatDType = X>(
  x: TensorLike<X>,
  weight: HostQuantizedTensor | TensorLike<FloatDType>,
  options?: HostLinearOptions<D>,
): HostTensor<D>;
export function linear<D extends FloatDType = "float32">(
  x: HostRowCodes,
  weight: HostQuantizedTensor,
  options?: HostLinearOptions<D>,
): HostTensor<D>;
export function linear(x: object, weight: object, options: LinearOptions | HostLinearOptions = {}): unknown {
  validateOptions("linear", options, optionKinds);
  const { bias, ...params } = options;
  return applyOp(linearOp, { x, weight, bias: bias ?? undefined }, params);
}

const optionKinds = { bias: "any", ...linearOp.params } as const;

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
  { codes, scale: { data: rowScales } }: HostRowCodes, // [m, k], [m]
  { values, scales }: ScaledWeight & { readonly scales: Float32Array },
  bias: Float32Array | undefined, // [n]
): HostTensor<FloatDType> {
  const rows = toFloat64(codes.data);
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

/** The sum of products of two runs of `length` elements, starting from +0. */
function dot(a: Float64Array, aOffset: number, b: Float64Array, bOffset: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aOffset + i] * b[bOffset + i];
  return sum;
}

/** Numbers as float64: exactly, and without converting in the inner loop. */
function toFloat64(values: ArrayLike<number>): Float64Array {
  return createArray(Float64Array, values);
}
