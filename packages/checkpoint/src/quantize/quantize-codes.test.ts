import { createReferenceBackend, type FloatDType, type Granularity, hostTensor, quantize } from "@octet/core";
import { maxAbsOf } from "@octet/metrics";
import { bytesSource, encodeSafetensors, openSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { concatenate } from "../../test/support/memory-files.ts";
import { createWeights, storedTensor } from "../../test/support/seeded-values.ts";
import { int8 } from "../formats/int8.ts";
import { ProgressMeter } from "../report/progress.ts";
import type { PlannedLayer } from "../select/quantization-plan.ts";
import type { CodingScheme } from "./coding-scheme.ts";
import { quantizeBlocks } from "./quantize-codes.ts";
import { scanScales } from "./scan-scales.ts";

const backend = createReferenceBackend();
const dtypes: readonly FloatDType[] = ["float32", "float16", "bfloat16"];
const granularities: readonly Granularity[] = [
  { kind: "tensor" },
  { kind: "channel", dim: 0 },
  { kind: "group", size: 6 },
  { kind: "group", size: 36 },
];
const seed = 29;

/** Codes and scales of a weight, worked on in blocks of so many elements. */
async function quantizeInBlocks(
  weight: ReturnType<typeof createWeights>,
  scheme: CodingScheme,
): Promise<{ codes: Uint8Array; scales: Uint8Array; amax: number }> {
  const reader = await openSafetensors(bytesSource(encodeSafetensors([storedTensor("a.weight", weight)])));
  const layer: PlannedLayer = {
    ...{ name: "a", weight: "a.weight", dtype: weight.dtype, shape: weight.shape },
    tensors: int8.tensors("a", weight.shape, scheme.granularity, scheme.bits),
    ...{ bytesBefore: 0, bytesAfter: 0 },
  };
  const meter = new ProgressMeter(0, {});
  const scales: Uint8Array[] = [];
  const maxima = await scanScales(reader, layer, scheme, meter, async (bytes) => {
    scales.push(bytes);
  });
  const codes: Uint8Array[] = [];
  for await (const { original, tensor } of quantizeBlocks(reader, layer, scheme, maxima, meter)) {
    expect(original.data.length).toBeLessThanOrEqual(scheme.blockElements);
    codes.push(new Uint8Array(tensor.quantized.data));
  }
  return { codes: concatenate(codes), scales: concatenate(scales), amax: maxima.tensor };
}

describe.each(granularities)("$kind $size", (granularity) => {
  test.each(dtypes)(`in blocks of any size the codes are those of the whole %s weight, seed ${seed}`, async (dtype) => {
    const weight = createWeights(seed, dtype, [7, 36]);
    for (const bits of [2, 8]) {
      const expected = quantize(weight, { granularity, bits });
      for (const blockElements of [1, 5, 6, 36, 37, 90, 252, 1000]) {
        const { codes, scales, amax } = await quantizeInBlocks(weight, { granularity, bits, backend, blockElements });
        expect(new Int8Array(codes.buffer)).toEqual(expected.quantized.data);
        expect(new Float32Array(scales.buffer)).toEqual(expected.scale.data);
        expect(amax).toBe(maxAbsOf(weight));
      }
    }
  });
});

test("a run of zeros has the scale 1, also in pieces", async () => {
  const weight = hostTensor("float32", [2, 5], new Float32Array(10));
  for (const blockElements of [2, 100]) {
    const scheme: CodingScheme = { granularity: { kind: "channel", dim: 0 }, bits: 8, backend, blockElements };
    const { codes, scales } = await quantizeInBlocks(weight, scheme);
    expect(new Float32Array(scales.buffer)).toEqual(Float32Array.of(1, 1));
    expect(codes).toEqual(new Uint8Array(10));
  }
});
