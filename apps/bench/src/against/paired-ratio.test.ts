import { expect, it } from "vitest";
import { pairedRatio } from "./paired-ratio.ts";

const pairsOf = (...ratios: number[]) => ratios.map((ratio, i) => [i + 1, ratio * (i + 1)] as const);

it("pairs times, so that a machine that slows down for both changes nothing", () => {
  expect(pairedRatio(pairsOf(2, 2, 2, 2, 2, 2))).toEqual({ median: 2, lower: 2, upper: 2, pairs: 6 });
});

it.each([
  // Ranks of the sign test's interval of 95 %, from tables: the k-th smallest and the k-th largest.
  [6, 1],
  [8, 1],
  [9, 2],
  [20, 6],
  [40, 14],
])("of %i pairs, takes the values of rank %i from both ends", (count, rank) => {
  const ratios = Array.from({ length: count }, (_, i) => i + 1);
  const { lower, upper } = pairedRatio(pairsOf(...ratios));
  expect(lower).toBeCloseTo(rank, 9);
  expect(upper).toBeCloseTo(count + 1 - rank, 9);
});

it("refuses pairs too few for an interval", () => {
  expect(() => pairedRatio(pairsOf(1, 1, 1, 1, 1))).toThrow(RangeError);
});
