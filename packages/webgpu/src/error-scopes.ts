import { OctetError } from "@octet/core";

const filters = ["validation", "internal", "out-of-memory"] as const;

/**
 * Runs `work`, which calls the device but waits for nothing, and resolves to what the device found wrong with it: the errors of an
 * application that shares the device are not taken for ours, nor ours reported to it.
 */
export function watchErrors<Result>(device: GPUDevice, work: () => Result): Watched<Result> {
  for (const filter of filters) device.pushErrorScope(filter);
  let pop: (() => Promise<OctetError | undefined>) | undefined = () =>
    firstError(filters.map(() => device.popErrorScope()).reverse());
  try {
    const result = work();
    const error = pop();
    pop = undefined;
    return { result, error };
  } finally {
    // What threw has told the caller already; the scopes must not stay open.
    void pop?.();
  }
}

interface Watched<Result> {
  readonly result: Result;
  /** Never rejects. */
  readonly error: Promise<OctetError | undefined>;
}

/** The most telling of the errors: memory that ran out makes invalid whatever uses it. Never rejects. */
async function firstError(scopes: readonly Promise<GPUError | null>[]): Promise<OctetError | undefined> {
  const settled = await Promise.allSettled(scopes);
  const [validation, internal, memory] = settled.map((scope) => (scope.status === "fulfilled" ? scope.value : null));
  if (memory !== null) {
    return new OctetError(
      "ERR_OUT_OF_MEMORY",
      `the device has no memory left for an op: ${memory.message}; dispose tensors, or work on smaller ones`,
      { cause: memory },
    );
  }
  const fault = validation ?? internal;
  if (fault === null) return undefined;
  return new OctetError(
    "ERR_UNSUPPORTED",
    `the device refused an op: ${fault.message}; please report this with the device's name`,
    { cause: fault },
  );
}
