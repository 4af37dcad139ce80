import type { Op, Tensor } from "../backend/contract.ts";
import { OctetError } from "../errors.ts";
import { narrowFloat64, widen } from "../numerics/widen.ts";
import type { FloatDType } from "../tensors/dtype.ts";
import type { HostTensor, TensorLike } from "../tensors/tensor.ts";
import { applyOp } from "./apply.ts";
import { validateFloatDType } from "./validate-dtype.ts";

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
  plan({ x }, { kind }) {
    validateFloatDType(x.dtype, "the input of the activation");
    validateActivationKind(kind);
    return { params: { kind }, output: { dtype: x.dtype, shape: x.shape } };
  },
  compute({ x: { dtype, shape, ...x } }, { kind }) {
    const values = Float64Array.from(widen({ dtype, shape, ...x }), functions[kind]);
    return { dtype, shape, data: narrowFloat64(values, dtype) };
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
  throw new OctetError("ERR_UNSUPPORTED", `got the activation ${String(kind)}; use relu, gelu or silu`);
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
