import { expect, it } from "vitest";
import { multiplyInFloat64 } from "./multiply-in-float64.ts";
import { randomNormals } from "./random-normals.ts";

it.each([1, 3, 4, 7])("multiplies %i rows in float64 (seeds 3, 4)", (rows) => {
  const [outFeatures, inFeatures] = [5, 33];
  const x = randomNormals(3, rows * inFeatures);
  const w = randomNormals(4, outFeatures * inFeatures);
  const expected = Array.from({ length: rows * outFeatures }, (_, i) => {
    const [m, n] = [Math.floor(i / outFeatures), i % outFeatures];
    let sum = 0;
    for (let k = 0; k < inFeatures; k++) sum += x[m * inFeatures + k] * w[n * inFeatures + k];
    return sum;
  });
  expect([...multiplyInFloat64(x, w, inFeatures)]).toEqual(expected);
});
