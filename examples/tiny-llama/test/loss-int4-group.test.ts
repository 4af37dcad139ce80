import { expect, it } from "vitest";
import { measureLoss } from "./measure.ts";

it("has the held-out loss that torch measured over 36 windows: int4 weights in groups of 32", {
  timeout: 300_000,
}, async () => {
  expect(
    Math.abs((await measureLoss(4, { bits: 4, granularity: { kind: "group", size: 32 }, format: "int8" })) - 1.246003),
  ).toBeLessThanOrEqual(1e-6);
});
