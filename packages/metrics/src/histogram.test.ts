import { expect, it } from "vitest";
import { createHistogram } from "./histogram.ts";

it("counts a value at an edge in the bin above it, and at the upper limit in the last bin", () => {
  const histogram = createHistogram(-1, 2, 3, "bins");
  for (const value of [-1, 0, 0.5, 1, 2]) histogram.add(value);
  histogram.add(2, 10);
  expect(histogram.result()).toEqual({ edges: [-1, 0, 1, 2], counts: [1, 2, 12] });
});
