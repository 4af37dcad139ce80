import { createReferenceBackend } from "@octet/core";
import { expect, test } from "vitest";
import { sabotages } from "../self-test/sabotage/index.ts";
import { type Fault, faults } from "./faults.ts";
import { runConformance } from "./run.ts";

test("the reference backend passes every case", { timeout: 120_000 }, async () => {
  const { results } = await runConformance(createReferenceBackend);
  expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
});

test("every known fault has a sabotaged backend", () => {
  expect(sabotages.map(({ fault }) => fault).sort()).toEqual((Object.keys(faults) as Fault[]).sort());
});
