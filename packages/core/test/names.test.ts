import * as names from "@octet/core/names";
import { describe, expect, it } from "vitest";
import { foreignError, junkCalls } from "../../../tests/support/misuse.ts";

const tensors = new Map([["layers.0.fc.weight", { shape: [2, 4] }]]);

/** A right call of every function that the entry exports: a new export needs a row. */
const rightCalls: Readonly<Record<string, readonly unknown[]>> = {
  chosenEntries: [["*.fc"]],
  createNameMatcher: [["*.fc"]],
  firstAndLastLayers: [tensors],
  formatGranularity: [{ kind: "group", size: 4 }],
  inferGranularity: [[2, 1], [2, 4], { kind: "tensor" }],
  moduleName: ["layers.0.fc.weight"],
  normalizeWeightGranularity: [{ kind: "channel", dim: -2 }],
  parseGranularity: ["group:4"],
  smallWeights: [tensors, 9],
  storedScaleShape: [{ kind: "tensor" }, [2, 4]],
};

describe("@octet/core/names", () => {
  it("exports these values and no others", () => {
    expect(Object.keys(names).toSorted()).toEqual(
      [...Object.keys(rightCalls), "attentionOutputs", "defaultSkip"].toSorted(),
    );
  });

  const functions = Object.entries(names).filter(([, value]) => typeof value === "function");
  it.each(functions)("%s throws errors of Octet only, whatever it is given", async (name, value) => {
    const right = rightCalls[name];
    const call = (all: readonly unknown[]) => (value as (...values: unknown[]) => unknown)(...all);
    expect(() => call(right)).not.toThrow();
    for (const values of junkCalls(right)) expect(await foreignError(() => call(values))).toBeUndefined();
  });

  it.each([undefined, null, 3, {}, [], Symbol("x")])("a matcher refuses %s for a name", (name) => {
    expect(() => names.createNameMatcher(["*"])(name as never)).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
    );
  });

  it.each([
    [3],
    "x",
    [["x"]],
    [[3, { shape: [1] }]],
    [["x", { shape: 1 }]],
    [["x.weight", { shape: ["2", 3] }]],
    new Map([["x", null]]),
  ])("%s are not tensors by name", (junk) => {
    for (const preset of [names.firstAndLastLayers, names.smallWeights]) {
      expect(() => preset(junk as never)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^ERR_(?:UNSUPPORTED|SHAPE)$/) }),
      );
    }
  });

  it("spells granularities, and reads what it spelled", () => {
    for (const text of ["tensor", "channel", "group:32"])
      expect(names.formatGranularity(names.parseGranularity(text))).toBe(text);
    for (const text of ["group:0", "group:", "row", ""])
      expect(() => names.parseGranularity(text)).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
    expect(names.formatGranularity({ kind: "channel", dim: -2 })).toBe("channel");
  });

  it("tells the entries that were added to the default list from it", () => {
    const { chosenEntries, defaultSkip } = names;
    expect(chosenEntries(defaultSkip)).toEqual([]);
    expect(chosenEntries(["x", ...defaultSkip, "y"])).toEqual(["x", "y"]);
    expect(chosenEntries(["lm_head", "x"])).toEqual(["lm_head", "x"]);
    expect(chosenEntries([])).toEqual([]);
  });

  it("has one default list, which cannot be changed", () => {
    expect(names.defaultSkip).toEqual(["lm_head", "*embed*", "*norm*", "*.router.*", "*.gate.weight"]);
    expect(Object.isFrozen(names.defaultSkip) && Object.isFrozen(names.attentionOutputs)).toBe(true);
  });
});
