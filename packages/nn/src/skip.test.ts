import { createReferenceBackend } from "@octet/core";
import { expect, test } from "vitest";
import { Linear } from "./linear.ts";
import { defaultSkip, matchesGlob, matchesRule } from "./skip.ts";

test.each([
  ["lm_head", "lm_head", true],
  ["lm_head", "model.lm_head", false],
  ["lm_head", "lm_head2", false],
  ["*embed*", "embed", true],
  ["*embed*", "model.embed_tokens", true],
  ["*embed*", "model.layers.0.fc", false],
  ["layers.*.fc", "layers.0.fc", true],
  ["layers.*.fc", "layers.0.attention.fc", true],
  ["layers.*.fc", "layersX0Xfc", false],
  ["layers.?.fc", "layers.7.fc", true],
  ["layers.?.fc", "layers.17.fc", false],
  ["*", "", true],
  ["?", "", false],
  ["", "", true],
  ["", "fc", false],
  ["a+(b)[c]{d}|^$\\", "a+(b)[c]{d}|^$\\", true],
  ["a|b", "a", false],
  ["[ab]", "a", false],
  ["LM_HEAD", "lm_head", false],
  ["*.fc", "line\nbreak.fc", true],
  ["schicht-?", "schicht-𝟙", true],
])("glob %j on %j: %j", (glob, name, expected) => {
  expect(matchesGlob(glob, name)).toBe(expected);
});

test("a string may match the last part of a name", () => {
  using backend = createReferenceBackend();
  using linear = new Linear(7, 3, { backend });
  expect(matchesRule("lm_head", "language_model.lm_head", linear)).toBe(true);
  expect(matchesRule("lm_head", "language_model.lm_head2", linear)).toBe(false);
  expect(matchesRule("model", "language.model.fc", linear)).toBe(false);
});

test("a predicate decides with the name and the module", () => {
  using backend = createReferenceBackend();
  using linear = new Linear(7, 1000, { backend });
  expect(matchesRule((name, { outFeatures }) => name === "head" && outFeatures > 999, "head", linear)).toBe(true);
  expect(matchesRule((_, { outFeatures }) => outFeatures > 1000, "head", linear)).toBe(false);
});

test("the default list is that of the documentation", () => {
  expect(defaultSkip).toEqual(["lm_head", "*embed*"]);
});
