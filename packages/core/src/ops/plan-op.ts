import type { Forms, Op, OpPlan } from "../backend/contract.ts";
import { validateOptions } from "../options.ts";

/** The plan of a call, with the names of its parameters checked first. @throws OctetError as `plan` does; `ERR_UNSUPPORTED` */
export function planOp<Inputs extends object, Params extends object, Result>(
  op: Op<Inputs, Params, Result>,
  inputs: Forms<Inputs>,
  params: Params,
): OpPlan<Params, Result> {
  validateOptions(op.name, params, op.params);
  return op.plan(inputs, params);
}
