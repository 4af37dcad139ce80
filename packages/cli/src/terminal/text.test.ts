import { expect, it } from "vitest";
import { createCapture } from "../../test/support/streams.ts";
import { colorsFor, countNoun, formatDecibels, formatError, formatShape, printable, truncateMiddle } from "./text.ts";

it("counts nouns, and shows shapes", () => {
  expect([countNoun(1, "tensor"), countNoun(12345, "tensor")]).toEqual(["1 tensor", "12,345 tensors"]);
  expect([formatShape([256, 704]), formatShape([])]).toEqual(["256×704", "scalar"]);
});

it("shows decibels with one decimal", () => {
  expect([41.249, -3, 0, Infinity].map(formatDecibels)).toEqual(["41.2", "-3.0", "0.0", "∞"]);
});

it("shows errors with three digits", () => {
  expect([0, 0.021345, 5.82e-11, 1.5].map(formatError)).toEqual(["0", "0.0213", "5.82e-11", "1.50"]);
});

it("leaves alone what fits", () => {
  expect(truncateMiddle("abc", 3)).toBe("abc");
  expect(truncateMiddle("", 0)).toBe("");
});

it.each([1, 2, 3, 7, 12, 33])("shortens to %i characters, from both ends", (width) => {
  const text = "model.layers.0.self_attn.q_proj.weight";
  const short = truncateMiddle(text, width);
  expect(short).toHaveLength(width);
  const [head, tail] = short.split("…");
  expect(text.startsWith(head)).toBe(true);
  expect(text.endsWith(tail)).toBe(true);
});

it("leaves ordinary text alone", () => {
  expect(printable("model.layers.0: 256×704 → ∞, 日本語")).toBe("model.layers.0: 256×704 → ∞, 日本語");
});

it("puts everything on one line", () => {
  expect(printable("one\ntwo\r\n  three")).toBe("one two three");
});

it("shows control characters instead of obeying them", () => {
  expect(printable("\u001b[2Jgone\u0000\u202e")).toBe("\\u001b[2Jgone\\u0000\\u202e");
});

const pipe = createCapture();
const terminal = createCapture({ columns: 80 });

it.each([
  ["a terminal", terminal, {}, true],
  ["a pipe", pipe, {}, false],
  ["a dumb terminal", terminal, { TERM: "dumb" }, false],
  ["a terminal with NO_COLOR", terminal, { NO_COLOR: "1" }, false],
  ["a terminal with an empty NO_COLOR", terminal, { NO_COLOR: "" }, true],
  ["a pipe with FORCE_COLOR", pipe, { FORCE_COLOR: "1" }, true],
  ["a terminal with FORCE_COLOR=0", terminal, { FORCE_COLOR: "0" }, false],
  ["NO_COLOR and FORCE_COLOR", terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
])("decides for %s", (_case, stream, env, colored) => {
  expect(colorsFor(stream, env).red("x") !== "x").toBe(colored);
});
