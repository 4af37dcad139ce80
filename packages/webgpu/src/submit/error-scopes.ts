import { OctetError } from "@octet/core";

const filters = ["validation", "internal", "out-of-memory"] as const;

/** What the device says of a piece of work, later: nothing, or what went wrong. Never rejects. */
export type Verdict = Promise<OctetError | undefined>;

/**
 * Runs `work`, which calls the device but waits for nothing, and gives the device's verdict on it: the errors of an application that
 * shares the device are not taken for ours, nor ours reported to it. `subject` names the work in the error's message.
 * @throws OctetError `ERR_UNSUPPORTED` when `work` throws
 */
export function watchErrors<Result>(
  device: GPUDevice,
  subject: () => string,
  work: () => Result,
): { readonly result: Result; readonly verdict: Verdict } {
  for (const filter of filters) device.pushErrorScope(filter);
  let pop: (() => Verdict) | undefined = () => firstError(subject, filters.map(() => device.popErrorScope()).reverse());
  try {
    const result = work();
    const verdict = pop();
    pop = undefined;
    return { result, verdict };
  } catch (error) {
    throw refused(subject(), error);
  } finally {
    // What threw has told the caller already; the scopes must not stay open.
    void pop?.();
  }
}

/** One verdict of several: memory that ran out makes invalid whatever uses it, and says more than what follows from it. */
export async function mostTelling(verdicts: readonly Verdict[]): Verdict {
  const errors = await Promise.all(verdicts);
  return errors.find((error) => error?.code === "ERR_OUT_OF_MEMORY") ?? errors.find((error) => error !== undefined);
}

async function firstError(subject: () => string, scopes: readonly Promise<GPUError | null>[]): Verdict {
  const settled = await Promise.allSettled(scopes);
  const [validation, internal, memory] = settled.map((scope) => (scope.status === "fulfilled" ? scope.value : null));
  if (memory !== null) {
    return new OctetError(
      "ERR_OUT_OF_MEMORY",
      `the device has no memory left for ${subject()}: ${memory.message}; dispose tensors, or work on smaller ones`,
      { cause: memory },
    );
  }
  const fault = validation ?? internal;
  return fault === null ? undefined : refused(subject(), fault);
}

/** The error for work that the device, or its implementation, did not take; errors of our own stay what they are. */
export function refused(subject: string, fault: unknown): OctetError {
  if (OctetError.isInstance(fault)) return fault;
  const message = fault instanceof Error || typeof fault !== "object" ? String(fault) : (fault as GPUError).message;
  return new OctetError(
    "ERR_UNSUPPORTED",
    `the device refused ${subject}: ${message}; please report this with the device's name`,
    { cause: fault },
  );
}
