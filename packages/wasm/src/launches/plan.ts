import type { Launch } from "../run/launch.ts";

/** Memory and threads that launches are made for. */
export interface PlanMemory {
  /** The addresses of the temporary blocks. */
  readonly temporaries: readonly number[];
  /** Where kernels note what is not finite, for plans that check; 0 for others. */
  readonly finding: number;
  /** That share out a launch. */
  readonly threads: number;
}

/** An op whose operands have addresses, and whose temporary memory is still to be found. */
export interface Plan {
  /** Whether something must be finite: one of the launches then takes a finding. */
  readonly checks: boolean;
  /** Sizes in bytes of the blocks that only the op itself uses. */
  readonly temporaries: readonly number[];
  launches(memory: PlanMemory): readonly Launch[];
}

/** The range of kernels that do all in one. */
export const oneItem = { items: 1, grain: 1 } as const;

/** A plan that needs no memory and takes everything. */
export function planOf(...launches: readonly Launch[]): Plan {
  return { checks: false, temporaries: [], launches: () => launches };
}

/** How many items of `cost` each are worth a call of a kernel, rounded up to a multiple of `unit`. `cost` is in elements read. */
export function grainOf(cost: number, unit = 1): number {
  return Math.ceil(Math.max(1, 65536 / Math.max(1, cost)) / unit) * unit;
}

/** Bytes of weights in a chunk: fewer are not worth a thread, and more of them are not read faster. */
const leastStream = 32768;
const mostStream = 2 ** 20;

/**
 * How many of `columns` that are read once, of `bytes` each, a call of a kernel takes. It cuts them into four streams, which memory fetches
 * ahead better the longer they are (assembly/linear/streams.ts): so a thread takes all of its columns in one call. Of many bytes every thread
 * takes several parts, the same number each: threads are not equally fast, and an engine exchanges a function that has become hot only
 * when it is called again.
 */
export function streamGrain(columns: number, bytes: number, threads: number): number {
  const total = columns * bytes;
  const rounds = Math.ceil(total / (threads * mostStream));
  const chunks = Math.min(threads * rounds, Math.ceil(total / leastStream));
  return Math.ceil(columns / Math.max(1, chunks) / 4) * 4;
}
