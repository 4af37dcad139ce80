/** Exit codes as shells give them to processes that a signal ended: 128 and the signal's number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type InterruptingSignal = keyof typeof exitCodes;

export const interruptingSignals = Object.keys(exitCodes) as readonly InterruptingSignal[];

/** Why a run was stopped from outside. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(signal: InterruptingSignal) {
    super(`stopped by ${signal}`);
    this.name = "Interruption";
    this.exitCode = exitCodes[signal];
  }
}

/** How long a worker whose supervisor is gone may take to clean up, in ms. */
const gracePeriod = 10_000;

/**
 * An AbortSignal for a worker: aborted when its supervisor passes a signal on, and when the supervisor is gone, which is when nothing
 * else would ever end the worker.
 */
export function abortOnInterruption(): AbortSignal {
  const controller = new AbortController();
  process.on("message", (name: InterruptingSignal) => controller.abort(new Interruption(name)));
  process.on("disconnect", () => {
    controller.abort(new Interruption("SIGHUP"));
    setTimeout(() => process.kill(process.pid, "SIGKILL"), gracePeriod).unref();
  });
  // A terminal sends its signals to the worker as well; they count once.
  for (const name of interruptingSignals) process.on(name, () => {});
  return controller.signal;
}

/** `work`, or a rejection with the signal's reason as soon as it is aborted: for work that leaves nothing behind when it is dropped. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
