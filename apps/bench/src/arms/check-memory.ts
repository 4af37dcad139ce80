import type { MemoryProblem } from "../memory/memory-problem.ts";
import { checkJob, type JobCandidate } from "./check-job.ts";
import type { MemoryArm } from "./memory-arm.ts";

/** Checks every way to do a job with a matrix. */
export async function checkMemoryArms<Place>(
  arms: readonly MemoryArm<Place>[],
  problem: MemoryProblem,
  place: Place,
): Promise<JobCandidate[]> {
  const candidates: JobCandidate[] = [];
  for (const { id, library, title, bytesPerElement, start } of arms) {
    const name = { arm: id, library, title };
    const candidate = await checkJob(
      name,
      () => start(problem, place),
      async (job) => {
        const fault = await job.findFault();
        return fault === undefined ? { bytes: bytesPerElement * problem.original.length } : { fault };
      },
    );
    candidates.push(candidate);
  }
  return candidates;
}
