import { createReferenceBackend } from "@octet/core";
import { expect, test } from "vitest";
import { sabotagedFactory, sabotages } from "../self-test/sabotage/index.ts";
import type { ConformanceCase } from "./case.ts";
import { type Fault, faults } from "./faults.ts";
import { runConformance } from "./run.ts";

test("the reference backend passes every case", { timeout: 120_000 }, async () => {
  const { results } = await runConformance(createReferenceBackend, { profile: "models" });
  expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
});

test("so does the backend that is to be broken, whose fused ops are composed of their parts", async () => {
  const filter = ({ family }: ConformanceCase) => family !== "large";
  const { results } = await runConformance(sabotagedFactory(), { filter, profile: "models" });
  expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
});

test("every known fault has a sabotaged backend", () => {
  expect(sabotages.map(({ fault }) => fault).sort()).toEqual((Object.keys(faults) as Fault[]).sort());
});
