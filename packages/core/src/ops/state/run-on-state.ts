import type { Op, State } from "../../backend/contract.ts";
import { OctetError } from "../../errors.ts";
import { formatValue } from "../../format-value.ts";

/** Runs an op on the backend of its state. @throws OctetError what `run` throws; `ERR_FOREIGN_TENSOR` for what is not a state */
export function runOnState<Inputs extends { readonly state: State }, Params extends object, Result>(
  op: Op<Inputs, Params, Result>,
  inputs: NoInfer<Inputs>,
  params: NoInfer<Params>,
): Result {
  const backend = inputs.state?.backend;
  if (typeof backend?.run === "function") return backend.run(op, inputs, params);
  const got = formatValue(inputs.state);
  throw new OctetError("ERR_FOREIGN_TENSOR", `the state of ${op.name} is ${got}; pass one of backend.state(form)`);
}
