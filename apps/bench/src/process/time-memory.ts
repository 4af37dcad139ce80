import { memoryArms } from "../memory/index.ts";
import type { OpenMemoryArm } from "../memory/memory-arm.ts";
import { makeMemoryProblem } from "../memory/memory-problem.ts";
import type { Outcome } from "../results.ts";
import type { Effort } from "../timing/interleave.ts";
import { type Candidate, timeCandidates } from "../timing/time-candidates.ts";
import { openIfAvailable } from "./open-if-available.ts";
import { surroundingsOf } from "./surroundings.ts";

export interface MemoryOptions {
  readonly job: "quantize" | "dequantize";
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly seed: number;
}

/** Checks every arm of a job, then times those that are right. */
export async function timeMemory(
  { job, outFeatures, inFeatures, seed }: MemoryOptions,
  threads: number,
  effort: Effort,
): Promise<Outcome[]> {
  const problem = makeMemoryProblem(outFeatures, inFeatures, seed);
  const candidates: Candidate[] = [];
  const opened: OpenMemoryArm[] = [];
  for (const { id, library, title, bytesPerElement, open } of memoryArms[job]) {
    const name = { arm: id, library, title };
    const arm = await openIfAvailable(() => open(problem, threads));
    if ("unavailable" in arm) {
      candidates.push({ name, untimed: { status: "unavailable", reason: arm.unavailable } });
      continue;
    }
    opened.push(arm);
    await arm.call();
    const fault = await arm.findFault();
    candidates.push(
      fault === undefined
        ? { name, call: () => arm.call(), facts: { bytes: bytesPerElement * outFeatures * inFeatures } }
        : { name, untimed: { status: "wrong", reason: fault } },
    );
  }
  const outcomes = await timeCandidates(candidates, effort, surroundingsOf(seed));
  for (const arm of opened) await arm.close();
  return outcomes;
}
