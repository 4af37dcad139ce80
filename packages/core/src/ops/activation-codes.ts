import type { Op, RowCodes, Tensor } from "../backend/contract.ts";
import type { FloatDType } from "../tensors/dtype.ts";
import type { RowCodesKind } from "../tensors/forms.ts";
import type { TensorLike } from "../tensors/host-tensor.ts";
import type { HostRowCodes } from "../tensors/row-codes.ts";
import { type ActivationKind, activationOp } from "./activation.ts";
import { applyOp } from "./apply.ts";
import { fusedOp } from "./fused-op.ts";
import { quantizeRowsOp } from "./quantize-rows.ts";

export interface ActivationCodesInputs {
  /** `[..., K]` */
  readonly x: Tensor<FloatDType>;
}

export interface ActivationCodesParams {
  readonly kind: ActivationKind;
  readonly activations: RowCodesKind;
}

/** Fused: an activation function, and the rows of its result as codes for the next exact linear layer. */
export const activationCodesOp: Op<ActivationCodesInputs, ActivationCodesParams, RowCodes> = fusedOp<
  ActivationCodesInputs,
  ActivationCodesParams,
  RowCodes
>({
  name: "activationCodes",
  params: { kind: "any", activations: "any" },
  complete: (params) => params,
  parts: (run, { x }, { kind, activations }) =>
    run(quantizeRowsOp, { x: run(activationOp, { x }, { kind }) }, { activations }),
});

/**
 * `quantizeRows(activation(x, kind), { activations })` without the tensor between.
 * @throws OctetError as the two do; `ERR_NON_FINITE` names the index in the result of the activation
 */
export function activationCodes(x: Tensor<FloatDType>, params: ActivationCodesParams): RowCodes;
export function activationCodes(x: TensorLike<FloatDType>, params: ActivationCodesParams): HostRowCodes;
export function activationCodes(
  x: Tensor<FloatDType> | TensorLike<FloatDType>,
  params: ActivationCodesParams,
): unknown {
  return applyOp(activationCodesOp, { x }, params);
}
