import type { Op, Tensor } from "../backend/contract.ts";
import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { narrowFloat64 } from "../numerics/widen.ts";
import { createArray } from "../tensors/create-array.ts";
import { type FloatDType, validateFloatDType } from "../tensors/dtype.ts";
import { HostTensor, type TensorLike } from "../tensors/host-tensor.ts";
import { applyOp } from "./apply.ts";

/** Element-wise functions between layers. `gelu` is the exact one, x * Phi(x), PyTorch's default; `silu` is x * sigmoid(x). */
export type ActivationKind = "relu" | "gelu" | "silu";

export const activationKinds: readonly ActivationKind[] = ["relu", "gelu", "silu"];

const functions: Readonly<Record<ActivationKind, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  gelu: (x) => x * normalCdf(x),
  silu: (x) => x / (1 + Math.exp(-x)),
};

export interface ActivationInputs {
  readonly x: Tensor<FloatDType>;
}

export interface ActivationParams {
  readonly kind: ActivationKind;
}

/** An activation function of every element, here in float64, rounded once to the dtype of x. relu is exact. */
export const activationOp: Op<ActivationInputs, ActivationParams, Tensor<FloatDType>> = {
  name: "activation",
  params: { kind: "any" },
  plan({ x }, { kind }) {
    validateFloatDType(x.dtype, "the input of the activation");
    validateActivationKind(kind);
    return { params: { kind }, output: { dtype: x.dtype, shape: x.shape } };
  },
  compute({ x }, { kind }) {
    const { dtype, shape } = x;
    const values = createArray(Float64Array, x.values() as ArrayLike<number>);
    const compute = functions[kind];
    for (let i = 0; i < values.length; i++) values[i] = compute(values[i]);
    return new HostTensor(dtype, shape, narrowFloat64(values, dtype));
  },
};

/**
 * Applies an activation function to every element, on the device that holds x or on the host, so that a chain of layers stays where it is.
 * @throws OctetError `ERR_DTYPE`, `ERR_SHAPE`, `ERR_UNSUPPORTED` for another kind
 */
export function activation(x: Tensor<FloatDType>, kind: ActivationKind): Tensor<FloatDType>;
export function activation<D extends FloatDType>(x: TensorLike<D>, kind: ActivationKind): HostTensor<D>;
export function activation(x: Tensor<FloatDType> | TensorLike<FloatDType>, kind: ActivationKind): unknown {
  return applyOp(activationOp, { x }, { kind });
}

/** @throws OctetError `ERR_UNSUPPORTED` */
export function validateActivationKind(kind: unknown): void {
  if (activationKinds.includes(kind as ActivationKind)) return;
  throw new OctetError("ERR_UNSUPPORTED", `got the activation ${formatValue(kind)}; use relu, gelu or silu`);
}

/** Phi(x), the share of a normal distribution below x, to about 1e-14 of its value in both tails. */
function normalCdf(x: number): number {
  const tail = upperTail(Math.abs(x));
  return x < 0 ? tail : 1 - tail;
}

/** 1 - Phi(x) for x >= 0. */
function upperTail(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (x < 2) {
    // Abramowitz and Stegun 26.2.11: Phi(x) - 1/2 = density * (x + x^3 / 3 + x^5 / (3 * 5) + ...)
    let sum = 0;
    for (let term = x, odd = 1; term > sum * 2 ** -54; odd += 2, term *= (x * x) / odd) sum += term;
    return 0.5 - density * sum;
  }
  // Abramowitz and Stegun 26.2.14: density / (x + 1 / (x + 2 / (x + 3 / ...))), from the inside out.
  let fraction = x;
  for (let depth = 100; depth > 0; depth--) fraction = x + depth / fraction;
  return density / fraction;
}
