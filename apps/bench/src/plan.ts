import type { Effort } from "./timing/interleave.ts";

/** `[outFeatures, inFeatures]` */
export type Shape = readonly [outFeatures: number, inFeatures: number];

/** What a run measures. */
export interface Plan {
  readonly quick: boolean;
  readonly shapes: readonly Shape[];
  /** Rows of activations. */
  readonly rows: readonly number[];
  readonly threads: readonly number[];
  readonly memoryShape: Shape;
  readonly effort: Effort;
}

export const fullPlan: Plan = {
  quick: false,
  shapes: [
    [4096, 4096],
    [2048, 8192],
    [8192, 2048],
  ],
  rows: [1, 16, 128],
  threads: [1, 2],
  memoryShape: [4096, 4096],
  effort: { share: 300, warmUp: 80, fewestTurns: 7, mostTurns: 100 },
};

/** Shows that every arm starts and is right; its times mean nothing. */
export const quickPlan: Plan = {
  quick: true,
  shapes: [[512, 1024]],
  rows: [1, 16],
  threads: [1, 2],
  memoryShape: [512, 1024],
  effort: { share: 0, warmUp: 0, fewestTurns: 1, mostTurns: 1 },
};
