import { conformanceCases, faults, registerConformance, runConformance } from "@octet/conformance";
import { createReferenceBackend } from "@octet/core";
import { describe, expect, it, test } from "vitest";

const families = [
  "lifetime",
  "ownership",
  "errors",
  "quantize",
  "dequantize",
  "linear-float",
  "linear-int16",
  "linear-int8",
  "activation",
  "row-codes",
  "fused",
  "state",
  "program",
  "large",
];

test("ids are unique, begin with their family, and are the same in every listing", () => {
  const cases = conformanceCases();
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  expect(cases.every(({ id, family }) => id.startsWith(`${family}/`))).toBe(true);
  expect([...new Set(cases.map(({ family }) => family))]).toEqual(families);
  expect(conformanceCases().map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
});

test("every fault is caught by a case, and every case but a few catches one", () => {
  const named = new Set(conformanceCases().flatMap(({ catches }) => catches));
  expect([...named].sort()).toEqual(Object.keys(faults).sort());
});

test("a run from the outside counts every case", async () => {
  const cases = conformanceCases().filter(({ family }) => family === "dequantize");
  const { passed, failed, skipped } = await runConformance(createReferenceBackend, { cases });
  expect([passed, failed, skipped]).toEqual([cases.length, 0, 0]);
});

registerConformance({ describe, it }, "the reference backend", createReferenceBackend, {
  filter: ({ family }) => family !== "large",
  profile: "models",
});
