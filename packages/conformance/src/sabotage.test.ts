import { createReferenceBackend } from "@octet/core";
import { describe, expect, test } from "vitest";
import { sabotagedFactory, sabotages } from "../self-test/sabotage/index.ts";
import { conformanceCases } from "./cases/index.ts";
import { type Fault, faults } from "./faults.ts";
import { runConformance } from "./run.ts";

// The large cases repeat what smaller ones check; a run of them takes longer than all others together.
const cases = conformanceCases().filter(({ family }) => family !== "large");

const idsOf = (results: readonly { readonly id: string }[]) => results.map(({ id }) => id).sort();

test("the reference backend passes every case", { timeout: 120_000 }, async () => {
  const { results } = await runConformance(createReferenceBackend, { profile: "models" });
  expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
});

test("so does the backend that is to be broken, whose fused ops are composed of their parts", async () => {
  const { results } = await runConformance(sabotagedFactory(), { cases, profile: "models" });
  expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
});

describe("a backend with a fault fails exactly the cases that name it", () => {
  test.each(sabotages)("$fault", async (sabotage) => {
    const { results } = await runConformance(sabotagedFactory(sabotage), { cases });
    const failed = idsOf(results.filter(({ status }) => status === "failed"));
    const naming = idsOf(cases.filter(({ catches }) => catches.includes(sabotage.fault)));
    expect(naming.length).toBeGreaterThan(0);
    expect(failed).toEqual(naming);
  });

  test("every known fault has such a backend", () => {
    expect(sabotages.map(({ fault }) => fault).sort()).toEqual((Object.keys(faults) as Fault[]).sort());
  });
});
