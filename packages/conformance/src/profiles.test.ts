import { type AnyOp, dequantizeOp, linearOp, type OpCall, quantizeOp } from "@octet/core";
import { expect, test } from "vitest";
import { HostBackend } from "../self-test/host-backend.ts";
import { linearCall, quantizeCall, quantizeRowsCall, stateCalls } from "./calls.ts";
import { conformanceCases } from "./cases/index.ts";
import { layerCalls } from "./cases/promise-case.ts";
import { counterForm } from "./cases/state/state-script.ts";
import { type ProfileName, profileOf, profiles } from "./profiles.ts";
import { runConformance } from "./run.ts";

const cases = conformanceCases().filter(({ family }) => family !== "large");
const weight = { shape: [5, 8], granularity: { kind: "channel", dim: 0 }, bits: 8 } as const;
const x = { dtype: "float32", shape: [3, 8] } as const;
const codes = { shape: [3, 8], activations: "int8" } as const;
const requires = (name: ProfileName, calls: readonly OpCall[]) => calls.map((call) => profiles[name].requires(call));

/** A backend with kernels for some ops only. */
const factoryOf = (ops: readonly AnyOp[]) => () => new HostBackend(undefined, false, (op) => ops.includes(op));

test("layers requires quantized layers in float32, models requires what models are made of besides", () => {
  const models = [
    quantizeRowsCall("float32", [3, 8], "int16"),
    linearCall(codes, weight, undefined, {}),
    linearCall(x, weight, undefined, { activations: "int8" }),
    ...stateCalls(counterForm),
  ];
  const neither = [
    quantizeCall("float16", [3, 8], weight.granularity, 8),
    quantizeCall("float32", [3, 8], { kind: "tensor" }, 8),
    quantizeCall("float32", [3, 8], weight.granularity, 4),
    linearCall(x, { ...weight, granularity: { kind: "group", size: 4 } }, undefined, {}),
    linearCall(codes, weight, undefined, { dtype: "float16" }),
  ];
  expect(requires("layers", layerCalls)).not.toContain(false);
  expect(requires("models", [...layerCalls, ...models])).not.toContain(false);
  expect(requires("layers", [...models, ...neither])).not.toContain(true);
  expect(requires("models", neither)).not.toContain(true);
});

test("a backend that lacks ops passes its profile, and the rest is unsupported", async () => {
  const factory = factoryOf([quantizeOp, dequantizeOp, linearOp]);
  const { results, failed, passed } = await runConformance(factory, { cases });
  expect(results.filter(({ status }) => status === "failed")).toEqual([]);
  expect(failed).toBe(0);
  expect(passed).toBeGreaterThan(400);
  const unsupported = new Set(results.filter(({ status }) => status === "unsupported").map(({ family }) => family));
  expect([...unsupported]).toEqual(expect.arrayContaining(["activation", "row-codes", "fused", "state", "program"]));
});

test("the same backend fails the profile that requires more, and its message says so", async () => {
  const factory = factoryOf([quantizeOp, dequantizeOp, linearOp]);
  const some = cases.filter(({ id }) => id === "state/limits" || id === "lifetime/dispose-twice");
  const { results } = await runConformance(factory, { cases: some, profile: "models" });
  expect(results.map(({ status }) => status)).toEqual(["passed", "failed"]);
  expect(results[1].message).toContain("which profile models requires");
});

test("a backend without a kernel for the ops of layers fails every profile", async () => {
  const some = cases.filter(({ family }) => family === "dequantize");
  const { failed } = await runConformance(factoryOf([quantizeOp]), { cases: some });
  expect(failed).toBeGreaterThan(0);
});

test.each([
  ["nothing", undefined],
  ["a name of none", "model"],
  ["an inherited name", "toString"],
])("a profile of %s is refused", (_name, name) => {
  expect(() => profileOf(name as never)).toThrow(/use layers or models/);
});

test("an unknown profile rejects the run before a backend starts", async () => {
  const factory = () => expect.unreachable();
  const run = runConformance(factory, { cases, profile: "all" as never });
  await expect(run).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
});
