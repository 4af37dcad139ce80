import { quantileSorted } from "simple-statistics";

/** How many times as long the second of two takes, with its 95 % interval. */
export interface PairedRatio {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly pairs: number;
}

/** Fewer pairs have no interval of 95 %. */
export const fewestPairs = 6;

/**
 * The median of the ratios of pairs, and the interval between two of them that holds the true median with a probability of at least
 * 95 %, whatever the distribution: each ratio is above the true median as a coin falls, so that ranks follow the binomial distribution.
 * @throws RangeError for fewer than `fewestPairs`
 */
export function pairedRatio(pairs: readonly (readonly [first: number, second: number])[]): PairedRatio {
  if (pairs.length < fewestPairs) throw new RangeError(`${pairs.length} pairs have no interval; time ${fewestPairs}`);
  const sorted = pairs.map(([first, second]) => second / first).sort((a, b) => a - b);
  const rank = outerRank(sorted.length);
  return {
    median: quantileSorted(sorted, 0.5),
    lower: sorted[rank],
    upper: sorted[sorted.length - 1 - rank],
    pairs: sorted.length,
  };
}

/** How many values at either end the interval leaves out: the most whose binomial tail has at most 2.5 %. */
function outerRank(count: number): number {
  let tail = 0;
  let probability = 0.5 ** count;
  for (let rank = 0; ; rank++) {
    tail += probability;
    if (tail > 0.025) return Math.max(rank - 1, 0);
    probability *= (count - rank) / (rank + 1);
  }
}
