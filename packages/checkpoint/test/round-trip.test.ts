import { type CheckpointFormat, quantizeCheckpoint } from "@octet/checkpoint";
import { createReferenceBackend, type FloatDType, type Granularity, quantize } from "@octet/core";
import { calculateQuantizationError } from "@octet/metrics";
import { encodeSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { MemoryFiles } from "./support/memory-files.ts";
import { createWeights, storedTensor } from "./support/seeded-values.ts";

const backend = createReferenceBackend();
const channel: Granularity = { kind: "channel", dim: 0 };
const dtypes: readonly FloatDType[] = ["float32", "float16", "bfloat16"];

interface Scheme {
  readonly format: CheckpointFormat;
  readonly granularity: Granularity;
  readonly bits: number;
}

const schemes: readonly Scheme[] = [
  ...[4, 8].map((bits): Scheme => ({ format: "compressed-tensors", granularity: channel, bits })),
  ...[4, 8].map((bits): Scheme => ({ format: "compressed-tensors", granularity: { kind: "group", size: 7 }, bits })),
  ...[2, 3, 4, 5, 6, 7, 8].map((bits): Scheme => ({ format: "int8", granularity: channel, bits })),
  ...[2, 5, 8].map((bits): Scheme => ({ format: "int8", granularity: { kind: "tensor" }, bits })),
  ...[3, 8].map((bits): Scheme => ({ format: "int8", granularity: { kind: "group", size: 7 }, bits })),
];

// Rows that fill words and rows that do not, one row, one column of groups, no rows, no columns.
const shapes = [
  [3, 7],
  [5, 35],
  [1, 56],
  [33, 14],
  [0, 7],
  [2, 0],
];

const seed = 71;

describe.each(schemes)("$format, $granularity, $bits bits", ({ format, granularity, bits }) => {
  test.each(dtypes)(`what is opened is what core quantizes, from %s, seed ${seed}`, async (dtype) => {
    const weights = shapes.map((shape, i) => createWeights(seed + i, dtype, shape));
    const input = encodeSafetensors(weights.map((weight, i) => storedTensor(`m.${i}.weight`, weight)));
    const files = new MemoryFiles({ "model.safetensors": input });
    const report = await quantizeCheckpoint(files.source(), files.createSink, { backend, format, granularity, bits });
    expect(report).toMatchObject({ format, granularity, bits, warnings: expect.any(Array) });

    await using checkpoint = await files.openCheckpoint();
    expect(checkpoint.quantization).toEqual({ format, granularity, bits, activations: "float" });
    const state = await checkpoint.stateDict();
    expect(state.size).toBe(2 * weights.length);
    for (const [i, weight] of weights.entries()) {
      const expected = quantize(weight, { granularity, bits });
      expect(state.get(`m.${i}.weight`)).toEqual(expected.quantized);
      expect(state.get(`m.${i}.weight_scale`)?.data).toEqual(expected.scale.data);
      expect(checkpoint.layers.get(`m.${i}`)).toMatchObject({ shape: weight.shape, granularity, bits });
      const layer = report.layers.find(({ name }) => name === `m.${i}`);
      expect(layer).toMatchObject({ dtype, shape: weight.shape, bytesBefore: weight.data.byteLength });
      expect(layer).toMatchObject(
        calculateQuantizationError(weight, expected.quantized, expected.scale, options(granularity)),
      );
    }
  });
});

test("scales have the shapes of the format", async () => {
  const input = encodeSafetensors([storedTensor("a.weight", createWeights(seed, "float32", [3, 8]))]);
  const shapeOf = async (granularity: Granularity): Promise<readonly number[] | undefined> => {
    const files = new MemoryFiles({ "model.safetensors": input });
    await quantizeCheckpoint(files.source(), files.createSink, { backend, format: "int8", granularity });
    return (await files.reader()).tensors.get("a.weight_scale")?.shape;
  };
  expect(await shapeOf({ kind: "tensor" })).toEqual([1]);
  expect(await shapeOf(channel)).toEqual([3, 1]);
  expect(await shapeOf({ kind: "group", size: 4 })).toEqual([3, 2]);
  expect(await shapeOf({ kind: "group", size: 8 })).toEqual([3, 1]);
});

function options(granularity: Granularity): { dim?: number; groupSize?: number } {
  if (granularity.kind === "tensor") return {};
  return granularity.kind === "channel" ? { dim: 0 } : { groupSize: granularity.size };
}
