/** Exit codes as shells give them to processes that a signal ended: 128 and the signal's number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type InterruptingSignal = keyof typeof exitCodes;

/** Why a run was stopped from outside. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(signal: InterruptingSignal) {
    super(`stopped by ${signal}`);
    this.name = "Interruption";
    this.exitCode = exitCodes[signal];
  }
}

/**
 * An AbortSignal for SIGINT, SIGTERM and SIGHUP: the first of them asks the command to stop and clean up, a second ends the process
 * at once.
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of Object.keys(exitCodes) as InterruptingSignal[]) {
    process.on(name, () => {
      const interruption = new Interruption(name);
      if (controller.signal.aborted) process.exit(interruption.exitCode);
      controller.abort(interruption);
    });
  }
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
