import type { FloatDType } from "@octet/core";
import type { Launch } from "../launch.ts";

/** Floats that a kernel reads. */
export interface Source {
  readonly address: number;
  readonly dtype: FloatDType;
}

/** An op whose memory is still to be found. */
export interface Plan {
  /** Sizes in bytes of the blocks that only the op itself uses. */
  readonly temporaries: readonly number[];
  /** What must be finite. The first temporary is then the status, of `statusBytes`: not 0 when something is not. */
  readonly mustBeFinite?: Source & { readonly size: number };
  /** The launches, once the result and the temporaries have addresses. */
  launches(result: number, temporaries: readonly number[]): readonly Launch[];
}

/** Bytes of the word in which kernels note that they met a NaN or an infinity. */
export const statusBytes = 4;

/** How many items of `cost` each are worth a call of a kernel, rounded up to a multiple of `unit`. `cost` is in elements read. */
export function grainOf(cost: number, unit = 1): number {
  return Math.ceil(Math.max(1, 65536 / Math.max(1, cost)) / unit) * unit;
}

/** Bytes of weights in a chunk: fewer are not worth a thread, and more of them are not read faster. */
const leastStream = 32768;
const mostStream = 2 ** 20;

/**
 * How many of `columns` that are read once, of `bytes` each, a call of a kernel takes. It cuts them into four streams, which memory fetches
 * ahead better the longer they are (assembly/streams.ts): so a thread takes all of its columns in one call. Of many bytes every thread
 * takes several parts, the same number each: threads are not equally fast, and an engine exchanges a function that has become hot only
 * when it is called again.
 */
export function streamGrain(columns: number, bytes: number, threads: number): number {
  const total = columns * bytes;
  const rounds = Math.ceil(total / (threads * mostStream));
  const chunks = Math.min(threads * rounds, Math.ceil(total / leastStream));
  return Math.ceil(columns / Math.max(1, chunks) / 4) * 4;
}
