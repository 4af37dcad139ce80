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

test("elsewhere NaN is no JSON", () => {
  expect(() => parseJsonObject('{"a": NaN}', "the index")).toThrow("the index");
});
