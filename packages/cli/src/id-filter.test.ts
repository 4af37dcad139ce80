import { expect, it } from "vitest";
import { createIdFilter } from "./id-filter.ts";

const ids = ["quantize/a.1x7", "linear-int8/b", "large/quantize", "large/linear"];

it.each([
  [[], ids],
  [["quantize/*"], ["quantize/a.1x7"]],
  [["*quantize*"], ["quantize/a.1x7", "large/quantize"]],
  [["!large/*"], ["quantize/a.1x7", "linear-int8/b"]],
  [
    ["large/*", "quantize/*", "!*/linear"],
    ["quantize/a.1x7", "large/quantize"],
  ],
  [["nothing"], []],
])("%j chooses", (globs, chosen) => {
  expect(ids.filter(createIdFilter(globs))).toEqual(chosen);
});
