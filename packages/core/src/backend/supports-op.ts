import { OctetError } from "../errors.ts";
import { planOp, validateCall } from "../ops/plan-op.ts";
import type { TensorForm } from "../tensors/forms.ts";
import { validateExtents } from "../tensors/shape.ts";
import type { AnyOp, RunPart } from "./contract.ts";
import { visitHandles } from "./inputs.ts";
import type { KernelTable } from "./kernels.ts";

/**
 * Whether a table has what a call needs: a line that accepts it or, for a fused op, lines for all its parts.
 * @throws OctetError `ERR_UNSUPPORTED` when this is not a call of an op at all
 */
export function supportsOp(kernels: KernelTable<unknown>, op: AnyOp, inputs: object, params: object): boolean {
  validateCall(op, inputs, params);
  try {
    visitHandles(inputs, validateForm);
    return hasKernels(kernels, op, inputs, params);
  } catch (error) {
    if (OctetError.isInstance(error)) return false;
    throw error;
  }
}

/** Plans rely on the extents that every handle has. @throws OctetError `ERR_SHAPE` */
function validateForm(name: string, form: unknown): void {
  if (typeof form === "object" && form !== null && "shape" in form) {
    validateExtents((form as TensorForm).shape, name);
  }
}

function hasKernels(kernels: KernelTable<unknown>, op: AnyOp, inputs: object, params: object): boolean {
  const plan = planOp(op, inputs as never, params);
  if (kernels.find(op, inputs, plan.params) !== undefined) return true;
  if (op.parts === undefined) return false;
  let supported = true;
  const ask = ((part: AnyOp, partInputs: object, partParams: object) => {
    supported &&= hasKernels(kernels, part, partInputs, partParams);
    return planOp(part, partInputs as never, partParams).output;
  }) as RunPart<unknown>;
  op.parts(ask, inputs as never, params);
  return supported;
}
