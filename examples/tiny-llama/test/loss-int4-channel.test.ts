import { expect, it } from "vitest";
import { measureLoss } from "./measure.ts";

it("has the held-out loss that torch measured over 36 windows: int4 weights per channel", {
  timeout: 300_000,
}, async () => {
  expect(Math.abs((await measureLoss(4, { bits: 4, format: "compressed-tensors" })) - 1.25456)).toBeLessThanOrEqual(
    1e-6,
  );
});
