import type { Shape } from "../plan.ts";
import type { Effort } from "../timing/interleave.ts";

/** What a run on a device measures. */
export interface WebGPUPlan {
  readonly quick: boolean;
  readonly shapes: readonly Shape[];
  /** Rows of activations. */
  readonly rows: readonly number[];
  readonly quantizeShape: Shape;
  /** Jobs that are enqueued before anyone waits for the device. */
  readonly jobs: number;
  readonly effort: Effort;
}

/** What is asked of a run before its device is known. */
export interface PlanRequest {
  readonly quick: boolean;
  /** ms for each arm in each cell, instead of the plan's own. */
  readonly share?: number | undefined;
}

/** For a program on the CPU that acts as a GPU. */
export const softwarePlan: WebGPUPlan = {
  quick: false,
  shapes: [[1024, 1024]],
  rows: [1, 16],
  quantizeShape: [1024, 1024],
  jobs: 2,
  effort: { share: 250, warmUp: 0, fewestTurns: 5, mostTurns: 30 },
};

/** For GPUs: layers of language models of one to eight billion parameters. */
export const hardwarePlan: WebGPUPlan = {
  quick: false,
  shapes: [
    [4096, 4096],
    [2048, 8192],
    [8192, 2048],
  ],
  rows: [1, 16, 128],
  quantizeShape: [4096, 4096],
  jobs: 30,
  effort: { share: 100, warmUp: 20, fewestTurns: 5, mostTurns: 30 },
};

/** Shows that every arm starts and is right; its times mean nothing. */
export const quickPlan: WebGPUPlan = {
  quick: true,
  shapes: [[32, 128]],
  rows: [1, 16],
  quantizeShape: [32, 128],
  jobs: 1,
  effort: { share: 0, warmUp: 0, fewestTurns: 1, mostTurns: 1 },
};

/** The plan that suits a device. */
export function choosePlan({ quick, share }: PlanRequest, { software }: { readonly software: boolean }): WebGPUPlan {
  const plan = quick ? quickPlan : software ? softwarePlan : hardwarePlan;
  return { ...plan, effort: { ...plan.effort, share: share ?? plan.effort.share } };
}
