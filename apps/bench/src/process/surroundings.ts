import { randomLcg } from "d3-random";
import type { Surroundings } from "../timing/interleave.ts";
import { settle } from "../timing/settle.ts";

/** Time and rest of this process; the seed decides the order of the rounds. */
export function surroundingsOf(seed: number): Surroundings {
  return { now: () => performance.now(), settle, random: randomLcg(seed) };
}
