import { type Backend, hostTensor, quantize } from "@octet/core";
import { Linear, QuantizedLinear, Sequential } from "@octet/nn";
import { expect, test } from "vitest";
import { createLazyBackend } from "./lazy-backend.ts";
import { float32 } from "./random.ts";
import { rejection } from "./rejection.ts";

/** A result with a fault, disposed before anybody asked for it. The next `sync` reports it. */
function leaveFault(backend: Backend): void {
  using bad = backend.upload(float32([1], [Number.NaN]));
  quantize(bad, { granularity: { kind: "tensor" } }).dispose();
}

const weight = float32([2, 3], [1, 2, 3, 4, 5, 6]);
const bias = float32([2], [1, 2]);
const state = new Map([
  ["0.weight", weight],
  ["0.bias", bias],
]);

test.each<[string, (backend: Backend) => Promise<unknown>]>([
  ["Linear.setWeights", (backend) => new Linear(3, 2, { backend }).setWeights(weight, bias)],
  ["QuantizedLinear.quantizeWeights", (backend) => new QuantizedLinear(3, 2, { backend }).quantizeWeights(weight)],
  ["loadStateDict", (backend) => new Sequential(new Linear(3, 2, { backend })).loadStateDict(state)],
])("%s is not hit by the fault of another tensor, and leaves it for sync", async (_name, load) => {
  using backend = createLazyBackend();
  leaveFault(backend);
  await load(backend);
  await rejection(() => backend.sync(), "ERR_NON_FINITE");
});

test("of two layers that load at once only the one with the fault fails", async () => {
  using backend = createLazyBackend();
  using good = new QuantizedLinear(3, 2, { backend });
  using bad = new QuantizedLinear(3, 2, { backend });
  const damaged = hostTensor("float32", [2, 3], Float32Array.of(1, 2, Number.NaN, 4, 5, 6));
  const outcomes = await Promise.allSettled([good.quantizeWeights(weight), bad.quantizeWeights(damaged)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect([good.quantized, bad.quantized]).toEqual([true, false]);
});
