import { hostTensor, quantizeSymmetric } from "@octet/core";
import * as metrics from "@octet/metrics";
import { analyzeQuantization, calculateQuantizationError, createErrorAccumulator, maxAbsOf } from "@octet/metrics";
import { describe, expect, it } from "vitest";

describe("@octet/metrics", () => {
  const weight = hostTensor("float32", [2, 3], Float32Array.of(0.5, -1, 0.25, 3, 0, -6));
  const tensor = quantizeSymmetric(weight, { dim: 0 });

  it("exports these values and no others", () => {
    expect(Object.keys(metrics).toSorted()).toEqual([
      "analyzeQuantization",
      "calculateQuantizationError",
      "createErrorAccumulator",
      "maxAbsOf",
    ]);
  });

  it("measures a tensor in memory, in blocks, and in detail, with the same figures", () => {
    const error = calculateQuantizationError(weight, tensor.quantized, tensor.scale, { dim: 0 });
    expect(error.maxAbsError).toBe(64 * tensor.scale.data[1] - 3);
    const accumulator = createErrorAccumulator({ maxAbs: maxAbsOf(weight) });
    for (const row of [0, 1]) {
      const block = hostTensor("float32", [1, 3], weight.data.subarray(row * 3, row * 3 + 3));
      accumulator.add(block, quantizeSymmetric(block, { dim: 0 }));
    }
    expect(accumulator.result()).toEqual(error);
    expect(analyzeQuantization(weight, tensor)).toMatchObject(error);
  });
});
