import * as conformance from "@octet/conformance";
import { registerConformance, runConformance } from "@octet/conformance";
import { createReferenceBackend } from "@octet/core";
import { describe, expect, it } from "vitest";
import { foreignError, junkCalls, misuseCode } from "../../../tests/support/misuse.ts";

const cases = conformance.conformanceCases().slice(0, 1);
const { results } = await runConformance(createReferenceBackend, { cases });
const runner = { describe: (_name: string, body: () => void) => body(), it: () => undefined };

/** A right call of every function that the package exports: a new export needs a row. */
const rightCalls: Readonly<Record<string, readonly unknown[]>> = {
  conformanceCases: [],
  formatSummary: [{ passed: 1, failed: 0, skipped: 0 }],
  goldenCases: [{ cases: [{ id: "q", kind: "quantize" }] }, { tensors: new Map() }],
  profileOf: ["layers"],
  registerConformance: [runner, "reference", createReferenceBackend, { cases }],
  runConformance: [createReferenceBackend, { cases }],
  suspectFaults: [results],
};

describe("whatever it is given, it throws errors of Octet only:", () => {
  const functions = Object.entries(conformance).filter(
    ([name, value]) => typeof value === "function" && name !== "ConformanceFailure",
  );
  it.each(functions)("%s", async (name, call) => {
    const right = rightCalls[name];
    expect(right, `${name} has no row of a right call`).toBeDefined();
    for (const values of junkCalls(right)) {
      // Without options the whole suite would run; bad ones have rows below.
      if (name === "runConformance" && values[0] === right[0]) continue;
      expect(await foreignError(() => (call as (...all: unknown[]) => unknown)(...values))).toBeUndefined();
    }
  });
});

describe("misuse is refused with a code:", () => {
  const refused: readonly (readonly [string, () => unknown])[] = [
    ["a misspelled option", () => runConformance(createReferenceBackend, { timeOut: 5 } as never)],
    ["null options", () => runConformance(createReferenceBackend, null as never)],
    ["a filter in text", () => runConformance(createReferenceBackend, { filter: "linear" as never })],
    ["a backend for a factory", () => runConformance(createReferenceBackend() as never)],
    [
      "an option of another function",
      () => registerConformance(runner, "x", createReferenceBackend, { signal: 1 } as never),
    ],
  ];
  it.each(refused)("%s", async (_name, call) => expect(await misuseCode(call)).toBe("ERR_UNSUPPORTED"));
});
