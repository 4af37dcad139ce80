import { disposeJobs } from "../arms/check-job.ts";
import { OpenLayer } from "../arms/open-layer.ts";
import { makeLinearProblem } from "../linear-problem.ts";
import type { LinearCell } from "../results.ts";
import { libraries } from "./libraries/index.ts";
import type { SharedDevice } from "./shared-device.ts";
import { clocksOf, type JobTiming, timeJobs } from "./timing/time-jobs.ts";

export interface LayerOptions {
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly rows: readonly number[];
  readonly seed: number;
}

/** Checks every arm of every library in a layer, with each number of rows, then times those that are right by each clock. */
export async function measureLinear(
  { outFeatures, inFeatures, rows, seed }: LayerOptions,
  shared: SharedDevice,
  timing: JobTiming,
  onStep: (text: string) => void | Promise<void>,
): Promise<LinearCell[]> {
  const shape = `${outFeatures}x${inFeatures}`;
  await onStep(`load ${shape}`);
  const problem = makeLinearProblem(outFeatures, inFeatures, Math.max(...rows), seed);
  const layer = await OpenLayer.open(libraries, problem, shared);
  const cells: LinearCell[] = [];
  try {
    for (const count of rows) {
      await onStep(`linear ${shape}, M = ${count}`);
      const candidates = await layer.check(count, shared.device.features);
      for (const clock of clocksOf(shared.device)) {
        const arms = await timeJobs(candidates, clock, timing, count);
        cells.push({ outFeatures, inFeatures, rows: count, clock, arms });
      }
      await disposeJobs(candidates);
    }
  } finally {
    await layer.close();
  }
  return cells;
}
