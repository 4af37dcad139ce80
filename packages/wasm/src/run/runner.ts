import type { Launch } from "./launch.ts";

/** What runs launches: the calling thread, or a pool of workers. */
export interface Runner {
  /** Whether `submit` returns only when everything has run. */
  readonly immediate: boolean;

  /** Threads that share out a launch. */
  readonly threads: number;

  /**
   * Runs launches, one after another and after all earlier ones. Returns a number that stands for them.
   * @throws OctetError `ERR_DEVICE_LOST` when a thread died before
   */
  submit(launches: readonly Launch[]): number;

  /** Whether what this number stands for, and so everything before it, has run. */
  isDone(ticket: number): boolean;

  /** Resolves when it has run. Rejects with `ERR_DEVICE_LOST` when a thread died, with `ERR_DISPOSED` when the runner was disposed before. */
  wait(ticket: number): Promise<void>;

  /** Blocks until it has run, where this thread may block. False where it may not, and when it never will run. */
  waitBlocking(ticket: number): boolean;

  dispose(): void;
}
