import { type Granularity, quantize } from "@octet/core";
import { bytesSource, encodeSafetensors, openSafetensors } from "@octet/safetensors";
import { expect, test } from "vitest";
import { createWeights } from "../../test/support/seeded-values.ts";
import { layerTensors } from "../formats/layer-tensors.ts";
import { CodePacker } from "../formats/pack.ts";
import { readStoredLayer } from "../formats/stored-layer.ts";
import { readCodes, readScales } from "./read-layer.ts";

const seed = 31;
const granularity: Granularity = { kind: "group", size: 11 };

test.each([2, 3, 4, 7, 8])(`any range of codes and scales of %i bits, seed ${seed}`, async (bits) => {
  const [n, k] = [3, 33];
  const { quantized, scale } = quantize(createWeights(seed, "float32", [n, k]), { granularity, bits });
  const tensors = layerTensors("compressed-tensors", "a", [n, k], granularity, bits);
  const file = encodeSafetensors([
    { ...tensors.codes, data: new CodePacker(k, bits).pack(quantized.data) },
    { ...tensors.scale, data: new Uint8Array(scale.data.buffer) },
    { name: "a.weight_shape", dtype: "I64", shape: [2], data: new Uint8Array(BigInt64Array.of(3n, 33n).buffer) },
  ]);
  const reader = await openSafetensors(bytesSource(file));
  const find = (name: string) => reader.tensors.get(name)!;
  const parts = {
    name: "a",
    codes: find("a.weight_packed"),
    scale: find("a.weight_scale"),
    shape: find("a.weight_shape"),
  };
  const layer = await readStoredLayer(reader, parts, { bits: [bits], groupSizes: [] });
  expect(layer).toMatchObject({ shape: [n, k], bits, granularity });
  for (let start = 0; start <= n * k; start += 4) {
    for (let end = start; end <= n * k; end += 7) {
      expect(await readCodes(reader, layer, { start, end })).toEqual(quantized.data.subarray(start, end));
    }
  }
  expect(await readScales(reader, parts.scale, 2, 7)).toEqual(scale.data.subarray(2, 7));
});
