import { expect, test } from "vitest";
import { parseJsonObject, parsePythonJsonObject } from "./json.ts";

test.each([
  ['{"time_step_limit": [0.0, Infinity], "a": -Infinity, "b":NaN}', { time_step_limit: [0, null], a: null, b: null }],
  ['{"NaN": "Infinity, \\"NaN\\" and \\\\", "b": NaN}', { NaN: 'Infinity, "NaN" and \\', b: null }],
  ['{"a": 1}', { a: 1 }],
])("%s, as Python reads it", (text, value) => {
  expect(parsePythonJsonObject(text, "config.json")).toEqual(value);
});

test.each(['{"a": NaNa}', '{"a": Infinity1}', '{"a": nan}', '{"a": "NaN}', "NaN", ""])(
  "%j is no object to Python either",
  (text) => {
    expect(() => parsePythonJsonObject(text, "config.json")).toThrow("config.json");
  },
);

test.each([
  ["plain characters", "a"],
  ["escapes", "\\n"],
  ["escaped quotes", '\\"'],
])("a text of 16 MiB of %s is read", (_, unit) => {
  const long = unit.repeat(2 ** 24 / unit.length);
  const value = parsePythonJsonObject(`{"a": "${long}", "b": NaN}`, "config.json");
  expect(value.b).toBe(null);
  expect((value.a as string).length).toBe(2 ** 24 / unit.length);
});

test("elsewhere NaN is no JSON", () => {
  expect(() => parseJsonObject('{"a": NaN}', "the index")).toThrow("the index");
});
