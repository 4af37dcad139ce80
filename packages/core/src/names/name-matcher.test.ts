import { expect, test } from "vitest";
import { createNameMatcher, literalPattern } from "./name-matcher.ts";

test.each([
  ["lm_head", "lm_head.weight", true],
  ["lm_head", "language_model.lm_head.weight", true],
  ["lm_head", "lm_head_2.weight", false],
  ["*embed*", "model.embed_tokens.weight", true],
  ["*norm*", "model.layers.0.input_layernorm.weight", true],
  ["*.router.*", "model.layers.0.router.weight", true],
  ["*.gate.weight", "model.layers.0.mlp.gate.weight", true],
  ["*.gate.weight", "model.layers.0.mlp.gate_proj.weight", false],
  ["gate", "model.layers.0.mlp.gate.weight", true],
  ["q_*", "model.layers.0.q_proj.weight", true],
  ["model.layers.*", "model.layers.0.q_proj.weight", true],
  ["layers.*", "model.layers.0.q_proj.weight", false],
  ["*.[0-2].*", "model.layers.2.q_proj.weight", true],
  ["*.[0-2].*", "model.layers.12.q_proj.weight", false],
  ["*.{1..12}.*", "model.layers.12.q_proj.weight", true],
  ["*.{1..12}.*", "model.layers.13.q_proj.weight", false],
  ["*.{8..10}.*", "model.layers.9.q_proj.weight", true],
  ["*.{8..10}.*", "model.layers.0.q_proj.weight", false],
  ["*.{a..c}.*", "model.b.q_proj.weight", true],
  ["{q,k}_proj", "model.layers.12.k_proj.weight", true],
  ["model.layers.?.x", "model.layers.7.x.weight", true],
  ["model.layers.?.x", "model.layers.77.x.weight", false],
  ["**", "a.b.weight", true],
  ["*a*b*", "x/a/c.b.weight", true],
  ["LM_HEAD", "lm_head.weight", false],
  ["!lm_head", "a.weight", false],
  ["", "a.weight", false],
  ["a(b", "a(b.weight", true],
  ["*.[!0-2].*", "model.layers.3.q_proj.weight", true],
  ["*.[!0-2].*", "model.layers.2.q_proj.weight", false],
  ["@(q|k)_proj", "model.layers.2.k_proj.weight", true],
  ["a|b", "a.weight", false],
  ["layers.*.fc", "layers.0.attention.fc.weight", true],
  ["layers.*.fc", "layersX0Xfc.weight", false],
  ["layers.*.fc", "layers.0.fc.bias", false],
  ["*.fc", "line\nbreak.fc.weight", true],
  ["fc", "fc", true],
  ["a\\*b", "a*b.weight", true],
  ["a\\*b", "axb.weight", false],
])("%j and %j: %s", (pattern, tensor, matches) => {
  expect(createNameMatcher([pattern])(tensor)).toBe(matches ? pattern : undefined);
});

test("names the first pattern that matches", () => {
  expect(createNameMatcher(["x", "*b*", "*"])("a.b.weight")).toBe("*b*");
});

test.each(["{a", "[z-a]"])(
  "a pattern that cannot be read is an error, and not one that matches nothing: %s",
  (pattern) => {
    const create = () => createNameMatcher(["x", pattern]);
    expect(create).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
    expect(create).toThrow(JSON.stringify(pattern));
  },
);

test.each(["a.b", "a+(b)[c]{d}|^$\\", "*", "!x", "@(a|b)", "{0..3}.*", "[ab]", "-,/#~<>=&%", "\n"])(
  "the literal pattern of %j matches it alone",
  (name) => {
    const match = createNameMatcher([literalPattern(name)]);
    expect(match(name)).toBeDefined();
    for (const other of ["a", "b", "ab", "0", "x", "a.c", `${name}x`, `x${name}`]) expect(match(other)).toBeUndefined();
  },
);
