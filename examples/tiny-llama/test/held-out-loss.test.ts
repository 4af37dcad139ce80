import { expect, it } from "vitest";
import { measureLoss } from "./measure.ts";

/** What torch measured over 36 windows, and how far a measurement here may be from it: its last printed digit. */
const tolerance = 1e-6;

it.each([
  ["as stored", 1.244072, undefined],
  ["int4 weights per channel", 1.25456, { bits: 4, format: "compressed-tensors" }],
  ["int4 weights in groups of 32", 1.246003, { bits: 4, granularity: { kind: "group", size: 32 }, format: "int8" }],
] as const)("has the held-out loss that torch measured: %s", { timeout: 300_000 }, async (_, loss, quantization) => {
  expect(Math.abs((await measureLoss(4, quantization)) - loss)).toBeLessThanOrEqual(tolerance);
});
