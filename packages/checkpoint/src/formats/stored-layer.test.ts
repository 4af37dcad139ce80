import { type Granularity, quantize } from "@octet/core";
import { bytesSource, encodeSafetensors, openSafetensors, type TensorData } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { createWeights } from "../../test/support/seeded-values.ts";
import { readScales } from "../open/read-scales.ts";
import { formats } from "./formats.ts";
import { readStoredLayer } from "./stored-layer.ts";

const seed = 31;
const granularity: Granularity = { kind: "group", size: 11 };
const [n, k] = [3, 33];

describe.each(formats)("$name", (format) => {
  test.each([2, 3, 4, 7, 8])(`any range of codes and scales of %i bits, seed ${seed}`, async (bits) => {
    const { quantized, scale } = quantize(createWeights(seed, "float32", [n, k]), { granularity, bits });
    const tensors = format.tensors("a", [n, k], granularity, bits);
    const file = encodeSafetensors([
      { ...tensors.codes, data: format.encode(k, bits).encode(quantized.data) },
      { ...tensors.scale, data: new Uint8Array(scale.data.buffer) },
      ...tensors.constants,
    ] as TensorData[]);
    const reader = await openSafetensors(bytesSource(file));
    const found = [...reader.tensors.values()].flatMap((info) => format.find(info, reader.tensors) ?? []);
    expect(found).toHaveLength(1);
    const layer = await readStoredLayer(reader, found[0], { bits: [bits], groupSizes: [] });
    expect(layer).toMatchObject({ name: "a", shape: [n, k], bits, granularity });
    for (let start = 0; start <= n * k; start += 4) {
      for (let end = start; end <= n * k; end += 7) {
        expect(await format.read(reader, layer, { start, end })).toEqual(quantized.data.subarray(start, end));
      }
    }
    expect(await readScales(reader, layer.parts.scale, 2, 7)).toEqual(scale.data.subarray(2, 7));
  });

  test("finds its own layers only, with all their parts", async () => {
    const { codes, scale, constants } = format.tensors("a", [n, k], granularity, 8);
    const tensors = new Map([codes, scale, ...constants].map((tensor) => [tensor.name, tensor]));
    expect(format.find(codes, tensors)).toEqual({
      ...{ format, name: "a", codes, scale },
      others: constants.map(({ name }) => tensors.get(name)),
    });
    for (const other of formats) if (other !== format) expect(other.find(codes, tensors)).toBeUndefined();
  });
});
