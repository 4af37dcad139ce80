import { findQuantizeFault } from "../memory/find-fault.ts";
import { quantizeBytes } from "../memory/memory-arm.ts";
import { makeMemoryProblem } from "../memory/memory-problem.ts";
import type { Shape } from "../plan.ts";
import type { MemoryCell } from "../results.ts";
import { naiveQuantize } from "./quantize/naive.ts";
import { octetQuantize } from "./quantize/octet.ts";
import type { QuantizeArm } from "./quantize/quantize-arm.ts";
import type { SharedDevice } from "./shared-device.ts";
import { checkJob } from "./timing/check-job.ts";
import { clocksOf, disposeJobs, type JobCandidate, type JobTiming, timeJobs } from "./timing/time-jobs.ts";

export const quantizeArms: readonly QuantizeArm[] = [octetQuantize, ...naiveQuantize];

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
  const candidates: JobCandidate[] = [];
  for (const { id, library, title, rounding, start } of quantizeArms) {
    const name = { arm: id, library, title };
    const candidate = await checkJob(
      name,
      () => start(problem, shared),
      async (job) => {
        const { codes, scales } = await job.read();
        const fault = findQuantizeFault(problem, codes, scales, rounding);
        return fault === undefined ? { bytes: quantizeBytes * outFeatures * inFeatures } : { fault };
      },
    );
    candidates.push(candidate);
  }
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
  disposeJobs(candidates);
  return cells;
}
