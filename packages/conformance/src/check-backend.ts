import { type Backend, OctetError } from "@octet/core";

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

/** The version of the backend contract that the cases are about. */
const apiVersion = 2;

/**
 * What a factory gave, if it can be run at all: without this, a missing method would fail every case with the same words. What is
 * refused is disposed, if it can be.
 * @throws OctetError `ERR_UNAVAILABLE`
 */
export function checkBackend(value: Backend): Backend {
  const given: Partial<Backend> = value ?? {};
  const missing = methods.filter((method) => typeof given[method] !== "function");
  if (missing.length === 0 && given.info?.apiVersion === apiVersion) return value;
  try {
    given.dispose?.();
  } catch {} // what it throws says nothing new
  const problem =
    missing.length > 0
      ? `it lacks the methods ${missing.join(", ")}; make the factory return a Backend of @octet/core`
      : `its info.apiVersion is ${String(given.info?.apiVersion)}; this suite checks version ${apiVersion} of the contract`;
  throw new OctetError("ERR_UNAVAILABLE", `what the factory gave cannot be checked: ${problem}`);
}
