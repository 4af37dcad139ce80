import type { AnyOp, Forms, Op, OpPlan } from "../backend/contract.ts";
import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { validateOptions } from "../options.ts";

/** Checks that this is a call of an op, whatever its forms are. @throws OctetError `ERR_UNSUPPORTED` */
export function validateCall(op: AnyOp, inputs: object, params: object): void {
  if (typeof op?.plan !== "function" || typeof op.params !== "object") {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got ${formatValue(op)} for the op; pass one, such as linearOp of @octet/core`,
    );
  }
  if (typeof inputs !== "object" || inputs === null) {
    throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(inputs)} for the inputs of ${op.name}; pass an object`);
  }
  validateOptions(op.name, params, op.params);
}

/** The plan of a call, with the names of its parameters checked first. @throws OctetError as `plan` does; `ERR_UNSUPPORTED` */
export function planOp<Inputs extends object, Params extends object, Result>(
  op: Op<Inputs, Params, Result>,
  inputs: Forms<Inputs>,
  params: Params,
): OpPlan<Params, Result> {
  validateCall(op, inputs, params);
  return planCall(op, inputs, params);
}

/** As `planOp`, of a call that `validateCall` has passed. */
export function planCall<Inputs extends object, Params extends object, Result>(
  op: Op<Inputs, Params, Result>,
  inputs: Forms<Inputs>,
  params: Params,
): OpPlan<Params, Result> {
  try {
    return op.plan(inputs, params);
  } catch (cause) {
    if (OctetError.isInstance(cause)) throw cause;
    // An input that is missing, or is something else than the op takes, breaks its plan somewhere.
    throw new OctetError("ERR_UNSUPPORTED", `the inputs are not those of ${op.name}: ${formatValue(inputs)}`, {
      cause,
    });
  }
}
