import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import type { Backend, BackendFactory } from "./contract.ts";
import { validateBackend } from "./validate-backend.ts";

/** A factory that did not start, and why. */
export interface RejectedBackend {
  /** The factory's position in the list. */
  readonly index: number;
  readonly factory: BackendFactory;
  readonly error: unknown;
}

/**
 * Starts the first backend of a list that can start, and says why each earlier one could not.
 * @throws OctetError `ERR_UNAVAILABLE` when none starts; its message lists every reason, its cause is an AggregateError of them. `ERR_UNSUPPORTED` for what is not a list of functions.
 */
export async function firstAvailable(
  factories: readonly BackendFactory[],
): Promise<{ readonly backend: Backend; readonly rejected: readonly RejectedBackend[] }> {
  if (!Array.isArray(factories) || !factories.every((factory) => typeof factory === "function")) {
    throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(factories)}; pass an array of backend factories`);
  }
  const rejected: RejectedBackend[] = [];
  for (const [index, factory] of factories.entries()) {
    try {
      const backend = await factory();
      validateBackend(backend);
      return { backend, rejected };
    } catch (error) {
      rejected.push({ index, factory, error });
    }
  }
  const reasons = rejected.map(({ error }) => (error instanceof Error ? error.message : formatValue(error)));
  throw new OctetError(
    "ERR_UNAVAILABLE",
    `none of ${factories.length} backends started: ${reasons.join("; ") || "the list is empty"}; add createReferenceBackend to the list`,
    { cause: new AggregateError(rejected.map(({ error }) => error)) },
  );
}
