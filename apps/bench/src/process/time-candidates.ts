import { randomLcg } from "d3-random";
import type { ArmName, Outcome, Timed, Untimed } from "../results.ts";
import { type Effort, interleave } from "../timing/interleave.ts";
import { settle } from "../timing/settle.ts";
import { summarize } from "../timing/summarize.ts";

/** An arm that was found right, with what is known of it, or one that will not be timed. */
export type Candidate =
  | { readonly name: ArmName; readonly call: () => Promise<unknown>; readonly facts: Pick<Timed, "error" | "bytes"> }
  | { readonly name: ArmName; readonly untimed: Untimed };

/** Times those that may be, and returns how all of them did, in their order. The seed decides the order of the rounds. */
export async function timeCandidates(
  candidates: readonly Candidate[],
  effort: Effort,
  seed: number,
): Promise<Outcome[]> {
  const contestants = candidates.flatMap((candidate) =>
    "call" in candidate ? [{ id: candidate.name.arm, call: candidate.call }] : [],
  );
  const surroundings = { now: () => performance.now(), settle, random: randomLcg(seed) };
  const samples = await interleave(contestants, effort, surroundings);
  return candidates.map((candidate): Outcome => {
    const { name } = candidate;
    if ("untimed" in candidate) return { ...name, ...candidate.untimed };
    const { fresh, repeated } = samples.get(name.arm)!;
    return { ...name, status: "timed", ...candidate.facts, fresh: summarize(fresh), repeated: summarize(repeated) };
  });
}
