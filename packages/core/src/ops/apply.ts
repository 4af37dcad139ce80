import type { Backend, Op } from "../backend/contract.ts";
import { isHostQuantizedTensor, validateHostQuantizedTensor } from "../tensors/host-quantized-tensor.ts";
import { normalizeHostTensor, type TensorLike } from "../tensors/host-tensor.ts";
import { isHostRowCodes, validateHostRowCodes } from "../tensors/row-codes.ts";
import { computeOp } from "./compute-op.ts";

/**
 * Runs an op for its function: handles go to their backend, host values through the op's definition. So one
 * function has one name and one meaning on every side.
 * @throws OctetError as the op does; `ERR_DTYPE`, `ERR_SHAPE`, `ERR_FORMAT` for damaged host values
 */
export function applyOp<Inputs extends object, Params extends object, Result>(
  op: Op<Inputs, Params, Result>,
  inputs: object,
  params: Params,
): unknown {
  const backend = backendOf(inputs);
  if (backend !== undefined) return backend.run(op, inputs as Inputs, params);
  const hosts = Object.entries(inputs).map(([name, value]) => [
    name,
    value === undefined && op.optional?.includes(name as keyof Inputs)
      ? undefined
      : normalizeHost(value, `${name} of ${op.name}`),
  ]);
  return computeOp(op, Object.fromEntries(hosts), params);
}

/** The backend of the first input that has one: the others are checked by it. */
function backendOf(inputs: object): Backend | undefined {
  for (const name of Object.keys(inputs)) {
    const backend = ((inputs as Record<string, unknown>)[name] as { backend?: Backend } | null | undefined)?.backend;
    if (typeof backend?.run === "function") return backend;
  }
  return undefined;
}

function normalizeHost(value: unknown, what: string): unknown {
  if (isHostQuantizedTensor(value)) return validateHostQuantizedTensor(value);
  if (isHostRowCodes(value)) return validateHostRowCodes(value);
  return normalizeHostTensor(value as TensorLike, what);
}
