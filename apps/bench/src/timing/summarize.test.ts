import { expect, it } from "vitest";
import { summarize } from "./summarize.ts";

it("summarizes times by their quartiles, in any order", () => {
  expect(summarize([5, 1, 3, 2, 4, 100, 0])).toEqual({ median: 3, lower: 1.5, upper: 4.5, samples: 7 });
  expect(summarize([1 / 3])).toEqual({ median: 0.33333, lower: 0.33333, upper: 0.33333, samples: 1 });
});
