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

/** As above, of columns that are read once, in four streams: long ones are fetched ahead better; assembly/streams.ts. */
export function streamGrain(cost: number): number {
  return Math.ceil(Math.max(1, 262144 / Math.max(1, cost)) / 4) * 4;
}
