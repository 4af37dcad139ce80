import type { Op } from "@octet/core";
import type { Kernel } from "@octet/core/backend";
import type { Operation } from "./operation.ts";

/** The memory of one handle. */
export interface Storage {
  /** Elements, dense and row-major, halves two to a word and bytes four; or codes, as `codeLayout` or `rowCodesLayout` has them. */
  readonly data: GPUBuffer;
  /** float32 bits: of codes alone. */
  readonly scales: GPUBuffer | undefined;
}

/** How an op runs: enqueues its commands. A recorded program calls it once, and runs the commands again and again. */
export type Launch = (operation: Operation) => void;

/** The kernel of an op on this device. */
export type KernelOf<AnyOp> =
  AnyOp extends Op<infer Inputs, infer Params, infer Result> ? Kernel<Inputs, Params, Result, Storage, Launch> : never;

export function buffersOfStorage({ data, scales }: Storage): readonly GPUBuffer[] {
  return scales === undefined ? [data] : [data, scales];
}
