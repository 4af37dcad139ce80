import { OctetError } from "../errors.ts";
import type { Backend, BackendFactory } from "./contract.ts";

/** A factory that did not start, and why. */
export interface RejectedBackend {
  /** The factory's position in the list. */
  readonly index: number;
  readonly factory: BackendFactory;
  readonly error: unknown;
}

/**
 * Starts the first backend of a list that can start, and says why each earlier one could not.
 * @throws OctetError `ERR_UNAVAILABLE` when none starts; its message lists every reason, its cause is an AggregateError of them.
 */
export async function firstAvailable(
  factories: readonly BackendFactory[],
): Promise<{ readonly backend: Backend; readonly rejected: readonly RejectedBackend[] }> {
  const rejected: RejectedBackend[] = [];
  for (const [index, factory] of factories.entries()) {
    try {
      return { backend: await factory(), rejected };
    } catch (error) {
      rejected.push({ index, factory, error });
    }
  }
  const reasons = rejected.map(({ error }) => (error instanceof Error ? error.message : String(error)));
  throw new OctetError(
    "ERR_UNAVAILABLE",
    `none of ${factories.length} backends started: ${reasons.join("; ") || "the list is empty"}; add createReferenceBackend to the list`,
    { cause: new AggregateError(rejected.map(({ error }) => error)) },
  );
}
