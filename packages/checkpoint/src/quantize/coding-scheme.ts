import type { Backend, Granularity } from "@octet/core";

/** How weights become codes, and by what. */
export interface CodingScheme {
  readonly granularity: Granularity;
  readonly bits: number;
  readonly backend: Backend;
  /** The most elements of a weight that are worked on at once. */
  readonly blockElements: number;
}

/**
 * 1 MB as float32. Reading and starting a kernel hardly count in comparison, and the blocks that wait for the garbage collector do not add
 * up to much.
 */
export const usualBlock: number = 2 ** 18;

/** The block size for a backend, which may hold no more than that; a block gets one more element where it is a piece of a run. */
export function chooseBlockElements({ info }: Backend): number {
  return Math.max(1, Math.min(usualBlock, Math.floor(info.maxTensorBytes / 4) - 1));
}
