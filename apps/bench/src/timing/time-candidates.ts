import type { ArmName, Outcome, Timed, Untimed } from "../results.ts";
import { type Effort, interleave, type Surroundings } from "./interleave.ts";
import { summarize } from "./summarize.ts";

/** An arm that was found right, with what is known of it, or one that will not be timed. */
export type Candidate =
  | { readonly name: ArmName; readonly call: () => Promise<unknown>; readonly facts: Pick<Timed, "error" | "bytes"> }
  | { readonly name: ArmName; readonly untimed: Untimed };

/** Times those that may be, and returns how all of them did, in their order. A call does the job `jobs` times; times are those of one. */
export async function timeCandidates(
  candidates: readonly Candidate[],
  effort: Effort,
  surroundings: Surroundings,
  jobs = 1,
): Promise<Outcome[]> {
  const contestants = candidates.flatMap((candidate) =>
    "call" in candidate ? [{ id: candidate.name.arm, call: candidate.call }] : [],
  );
  const samples = await interleave(contestants, effort, surroundings);
  const perJob = (times: readonly number[]) => summarize(times.map((time) => time / jobs));
  return candidates.map((candidate): Outcome => {
    const { name } = candidate;
    if ("untimed" in candidate) return { ...name, ...candidate.untimed };
    const { fresh, repeated } = samples.get(name.arm)!;
    return { ...name, status: "timed", ...candidate.facts, fresh: perJob(fresh), repeated: perJob(repeated) };
  });
}
