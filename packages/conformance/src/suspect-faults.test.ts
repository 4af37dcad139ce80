import { createReferenceBackend } from "@octet/core";
import { expect, test } from "vitest";
import { sabotagedFactory, sabotages } from "../self-test/sabotage/index.ts";
import { conformanceCases } from "./cases/index.ts";
import { runConformance } from "./run.ts";
import { suspectFaults } from "./suspect-faults.ts";

const cases = conformanceCases().filter(({ family }) => family !== "large");
const sabotage = (name: string) => sabotages.find(({ fault }) => fault === name)!;

test("a run without failures suspects nothing", async () => {
  const { results } = await runConformance(createReferenceBackend, { cases: cases.slice(0, 50) });
  expect(suspectFaults(results)).toEqual([]);
});

test("the fault of a backend is suspected first, and explains every failure", async () => {
  const { results } = await runConformance(sabotagedFactory(sabotage("fused-bias")), { cases });
  expect(suspectFaults(results)).toEqual(["fused-bias"]);
});

test("two faults are both suspected", async () => {
  const factory = sabotagedFactory(sabotage("dequantize-rounds-once"), sabotage("tanh-gelu"));
  const { results } = await runConformance(factory, { cases });
  expect(suspectFaults(results).sort()).toEqual(["dequantize-rounds-once", "tanh-gelu"]);
});
