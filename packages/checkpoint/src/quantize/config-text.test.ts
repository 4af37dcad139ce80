import { expect, test } from "vitest";
import { addQuantizationConfig } from "./config-text.ts";

const added = { quant_method: "x", ignore: ["a"] };

test.each([
  ["{}", {}],
  ["  { }\n", {}],
  ['{"a":1}', { a: 1 }],
  ['{\n  "a": {\n    "b": [1, {}]\n  }\n}\n\n', { a: { b: [1, {}] } }],
  ['{"quantization_config":null}', {}],
  ['{"a":1,"quantization_config" : null}', { a: 1 }],
  ['{"quantization_config":null , "a":1}', { a: 1 }],
  ['{"a":1,\n"quantization_config": null,\n"b":2}', { a: 1, b: 2 }],
  ['{"a":"\\"quantization_config\\": null, }"}', { a: '"quantization_config": null, }' }],
])("%j keeps its members and gets another", (text, members) => {
  const result = addQuantizationConfig(text, added);
  expect(JSON.parse(result)).toEqual({ ...members, quantization_config: added });
  expect(result.match(/"quantization_config":/g)).toHaveLength(1);
  expect(result.endsWith("}\n")).toBe(true);
});

test("numbers stay as they are written", () => {
  const text = '{\n  "rope_theta": 10000.0,\n  "eps": 1e-06,\n  "large": 12345678901234567890\n}\n';
  expect(addQuantizationConfig(text, added).startsWith(text.slice(0, -3))).toBe(true);
});

test("a config that does not exist", () => {
  expect(JSON.parse(addQuantizationConfig(null, added))).toEqual({ quantization_config: added });
});
