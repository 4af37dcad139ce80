import { type HostQuantizedTensor, hostTensor, quantizeSymmetric } from "@octet/core";
import { expect, it } from "vitest";
import { floats } from "../test/support/tensors.ts";
import { cosineSimilarityOf } from "./cosine-similarity.ts";
import { pairOf } from "./quantized-pair.ts";

/** A tensor `[codes.length, 1]` of these codes, row i with `scales[i]`. */
function rowsOfOne(codes: readonly number[], scales: readonly number[]): HostQuantizedTensor {
  const shape = [codes.length, 1];
  const { scale, ...tensor } = quantizeSymmetric(floats(shape, ...codes.map(() => 1)), { dim: 0 });
  const quantized = hostTensor("int8", shape, Int8Array.from(codes));
  return { ...tensor, quantized, scale: hostTensor("float32", scale.shape, Float32Array.from(scales)) };
}

it("is the product over both norms: 24/25 for (3, 4) and (4, 3), whatever scales make the latter", () => {
  const x = floats([2, 1], 3, 4);
  expect(cosineSimilarityOf(pairOf(x, rowsOfOne([4, 3], [1, 1])))).toBe(0.96);
  expect(cosineSimilarityOf(pairOf(x, rowsOfOne([2, 6], [2, 0.5])))).toBe(0.96);
  expect(cosineSimilarityOf(pairOf(x, rowsOfOne([-2, -6], [2, 0.5])))).toBe(-0.96);
});

it("is the same for small and large tensors of one direction", () => {
  for (const factor of [2 ** -60, 2 ** 60]) {
    const x = floats([2, 1], 3 * factor, 4 * factor);
    expect(cosineSimilarityOf(pairOf(x, rowsOfOne([4, 3], [factor, factor])))).toBe(0.96);
  }
});

it("is 1 for zeros that stay zeros, and 0 where only one of the two is zeros", () => {
  const [zeros, others] = [floats([2, 1], 0, 0), floats([2, 1], 3, 4)];
  const [zeroCodes, otherCodes] = [rowsOfOne([0, 0], [1, 1]), rowsOfOne([4, 3], [1, 1])];
  expect(cosineSimilarityOf(pairOf(zeros, zeroCodes))).toBe(1);
  expect(cosineSimilarityOf(pairOf(zeros, otherCodes))).toBe(0);
  expect(cosineSimilarityOf(pairOf(others, zeroCodes))).toBe(0);
});
