import { expect, it } from "vitest";
import { createCapture } from "../test/support/streams.ts";
import { colorsFor } from "./colors.ts";

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
