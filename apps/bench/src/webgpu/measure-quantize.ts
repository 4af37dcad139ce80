import { findQuantizeFault } from "../memory/find-fault.ts";
import { quantizeBytes } from "../memory/memory-arm.ts";
import { makeMemoryProblem } from "../memory/memory-problem.ts";
import type { Shape } from "../plan.ts";
import { naiveQuantize } from "./quantize/naive.ts";
import { octetQuantize } from "./quantize/octet.ts";
import type { WebGPUQuantizeCell } from "./results.ts";
import type { SharedDevice } from "./shared-device.ts";
import { clocksOf, type JobCandidate, type JobTiming, timeJobs } from "./timing/time-jobs.ts";

export const quantizeArms = [octetQuantize, ...naiveQuantize];

/** Checks every way to quantize a matrix, then times those that are right by each clock. */
export async function measureQuantize(
  [outFeatures, inFeatures]: Shape,
  shared: SharedDevice,
  timing: JobTiming,
  onStep: (text: string) => void,
): Promise<WebGPUQuantizeCell[]> {
  onStep(`quantize ${outFeatures}x${inFeatures}`);
  const problem = makeMemoryProblem(outFeatures, inFeatures, 100);
  const candidates: JobCandidate[] = [];
  for (const { id, library, title, rounding, start } of quantizeArms) {
    const name = { arm: id, library, title };
    const job = await start(problem, shared);
    await job.enqueue();
    const { codes, scales } = await job.read();
    const fault = findQuantizeFault(problem, codes, scales, rounding);
    if (fault === undefined) {
      candidates.push({ name, job, facts: { bytes: quantizeBytes * outFeatures * inFeatures } });
    } else {
      job.dispose();
      candidates.push({ name, untimed: { status: "wrong", reason: fault } });
    }
  }
  const cells: WebGPUQuantizeCell[] = [];
  for (const clock of clocksOf(shared.device)) {
    cells.push({ outFeatures, inFeatures, clock, arms: await timeJobs(candidates, clock, timing, 100) });
  }
  for (const candidate of candidates) if ("job" in candidate) candidate.job.dispose();
  return cells;
}
