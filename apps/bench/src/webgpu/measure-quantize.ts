import { disposeJobs } from "../arms/check-job.ts";
import { checkMemoryArms } from "../arms/check-memory.ts";
import type { MemoryArm } from "../arms/memory-arm.ts";
import { makeMemoryProblem } from "../memory/memory-problem.ts";
import type { Shape } from "../plan.ts";
import type { MemoryCell } from "../results.ts";
import { naiveQuantize } from "./quantize/naive.ts";
import { octetQuantize } from "./quantize/octet.ts";
import type { SharedDevice } from "./shared-device.ts";
import { clocksOf, type JobTiming, timeJobs } from "./timing/time-jobs.ts";

export const quantizeArms: readonly MemoryArm<SharedDevice>[] = [octetQuantize, ...naiveQuantize];

/** Decides about the data and the order of the rounds. */
const seed = 100;

/** Checks every way to quantize a matrix, then times those that are right by each clock. */
export async function measureQuantize(
  [outFeatures, inFeatures]: Shape,
  shared: SharedDevice,
  timing: JobTiming,
  onStep: (text: string) => void | Promise<void>,
): Promise<MemoryCell[]> {
  await onStep(`quantize ${outFeatures}x${inFeatures}`);
  const problem = makeMemoryProblem(outFeatures, inFeatures, seed);
  const candidates = await checkMemoryArms(quantizeArms, problem, shared);
  const cells: MemoryCell[] = [];
  for (const clock of clocksOf(shared.device)) {
    cells.push({
      job: "quantize",
      outFeatures,
      inFeatures,
      clock,
      arms: await timeJobs(candidates, clock, timing, seed),
    });
  }
  await disposeJobs(candidates);
  return cells;
}
