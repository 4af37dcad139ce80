import { quantileSorted } from "simple-statistics";
import type { Summary } from "../results.ts";

/** Median and quartiles of times in ms. */
export function summarize(times: readonly number[]): Summary {
  const sorted = times.toSorted((a, b) => a - b);
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((p) => roundMs(quantileSorted(sorted, p)));
  return { median, lower, upper, samples: sorted.length };
}

/** To 10 ns: what is beyond is noise, and makes the file long. */
const roundMs = (ms: number): number => Math.round(ms * 1e5) / 1e5;
