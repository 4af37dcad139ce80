import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import type { Backend } from "./contract.ts";

const methods = [
  "supports",
  "upload",
  "download",
  "run",
  "record",
  "state",
  "sync",
  "memory",
  "dispose",
] as const satisfies readonly (keyof Backend)[];

/** The version of the contract of `Backend`. */
const apiVersion = 2;

/**
 * Checks that `value` is a backend of this version of the contract; its kind, not whether it works.
 * @throws OctetError `ERR_UNAVAILABLE`; its message names what the value lacks
 */
export function validateBackend(value: Backend): void {
  if (typeof value !== "object" || value === null) throw notABackend(`got ${formatValue(value)} for the backend`);
  const missing = methods.filter((method) => typeof value[method] !== "function");
  if (missing.length > 0) throw notABackend(`the backend lacks the methods ${missing.join(", ")}`);
  if (value.info?.apiVersion === apiVersion) return;
  throw notABackend(`the backend's info.apiVersion is ${formatValue(value.info?.apiVersion)}, not ${apiVersion}`);
}

function notABackend(problem: string): OctetError {
  return new OctetError("ERR_UNAVAILABLE", `${problem}; pass what createReferenceBackend() or another factory gives`);
}
