import { expect, it } from "vitest";
import { measureLoss } from "./measure.ts";

it("has the held-out loss that torch measured over 36 windows: the model as stored", { timeout: 300_000 }, async () => {
  expect(Math.abs((await measureLoss(4)) - 1.244072)).toBeLessThanOrEqual(1e-6);
});
