import { expect, it } from "vitest";
import { transpose } from "./transpose.ts";

it.each([
  [1, 7],
  [65, 130],
  [128, 64],
])("transposes %ix%i", (rows, columns) => {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => i);
  const transposed = transpose(values, rows, columns);
  const expected = Array.from({ length: rows * columns }, (_, i) => (i % rows) * columns + Math.floor(i / rows));
  expect([...transposed]).toEqual(expected);
});
