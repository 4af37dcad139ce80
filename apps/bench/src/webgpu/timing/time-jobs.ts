import { randomLcg } from "d3-random";
import type { JobCandidate } from "../../arms/check-job.ts";
import type { Job } from "../../arms/job.ts";
import type { Clock, Outcome } from "../../results.ts";
import type { Effort } from "../../timing/interleave.ts";
import { type Candidate, timeCandidates } from "../../timing/time-candidates.ts";
import { GpuClock } from "./gpu-clock.ts";

export interface JobTiming {
  readonly device: GPUDevice;
  /** Resolves when nothing that an earlier call left running disturbs the next one. */
  readonly settle: () => Promise<void>;
  readonly jobs: number;
  readonly effort: Effort;
}

/** The clocks that a device offers, the more telling one first. */
export const clocksOf = ({ features }: GPUDevice): readonly Clock[] =>
  features.has("timestamp-query") ? ["gpu", "wall"] : ["wall"];

/** Times jobs by a clock: all of them in the same way, `jobs` times each before anyone waits. The seed decides the order of the rounds. */
export async function timeJobs(
  candidates: readonly JobCandidate[],
  clock: Clock,
  { device, settle, jobs, effort }: JobTiming,
  seed: number,
): Promise<Outcome[]> {
  const gpuClock = clock === "gpu" ? new GpuClock(device) : undefined;
  const callOf = (job: Job) => async () => {
    for (let i = 0; i < jobs; i++) {
      const taken = job.run();
      // Who returns nothing is not made to wait, and may submit several together.
      if (taken !== undefined) await taken;
    }
    await job.submit?.();
    await device.queue.onSubmittedWorkDone();
    await gpuClock?.update();
  };
  const callable = candidates.map(
    (candidate): Candidate =>
      "job" in candidate ? { name: candidate.name, call: callOf(candidate.job), facts: candidate.facts } : candidate,
  );
  const now = () => gpuClock?.now() ?? performance.now();
  try {
    for (const candidate of callable) if ("call" in candidate) await warmUp(candidate.call, effort.warmUp);
    return await timeCandidates(callable, { ...effort, warmUp: 0 }, { now, settle, random: randomLcg(seed) }, jobs);
  } finally {
    gpuClock?.close();
  }
}

/** By wall time whatever the clock, so that it ends. */
async function warmUp(call: () => Promise<unknown>, ms: number): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < ms) await call();
}
