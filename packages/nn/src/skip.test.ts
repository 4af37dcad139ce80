import { createReferenceBackend } from "@octet/core";
import { expect, test } from "vitest";
import { Linear } from "./linear.ts";
import { compileSkip, type SkipRule } from "./skip.ts";

function matches(rule: SkipRule, name: string, outFeatures = 3): boolean {
  using backend = createReferenceBackend();
  using linear = new Linear(7, outFeatures, { backend });
  return compileSkip([rule])[0].matches(name, linear);
}

// The language of patterns is core's, and tested there.
test.each([
  ["lm_head", "language_model.lm_head", true],
  ["lm_head", "language_model.lm_head2", false],
  ["model", "language.model.fc", false],
  ["layers.?.fc", "layers.7.fc", true],
  ["{q,k}_proj", "layers.7.self_attn.k_proj", true],
  ["*.{8..15}.*", "layers.9.fc", true],
  ["*.gate.weight", "layers.0.mlp.gate", true],
  ["*.gate.weight", "layers.0.mlp.gate_proj", false],
  ["fc.weight", "fc", true],
  ["a+(b)[c]{d}|^$", "a+(b)[c]{d}|^$", true],
  ["", "fc", false],
])("the pattern %j on the Linear %j: %j", (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});

test("a predicate decides with the name and the module", () => {
  expect(matches((name, { outFeatures }) => name === "head" && outFeatures > 999, "head", 1000)).toBe(true);
  expect(matches((_, { outFeatures }) => outFeatures > 1000, "head", 1000)).toBe(false);
});

test("a pattern that cannot be read is an error before any work", () => {
  expect(() => compileSkip(["fc", "{q,k_proj"])).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
});
