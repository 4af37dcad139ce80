import { mkdir, writeFile } from "node:fs/promises";
import type { QuantizationReport } from "@octet/checkpoint";
import { type QuantizePathOptions, quantizePath } from "@octet/checkpoint/node";
import { createReferenceBackend } from "@octet/core";
import { encodeSafetensors, type TensorData } from "@octet/safetensors";
import { createWeights, storedTensor } from "./seeded-values.ts";

const backend = createReferenceBackend();
const seed = 61;
/** A model of two layers and a head. */
export const model: readonly TensorData[] = [
  storedTensor("a.weight", createWeights(seed, "bfloat16", [6, 8])),
  storedTensor("b.weight", createWeights(seed + 1, "bfloat16", [6, 8])),
  storedTensor("lm_head.weight", createWeights(seed + 2, "bfloat16", [6, 8])),
];
export const weights: Uint8Array = encodeSafetensors(model, { format: "pt" });
export const shards: readonly [string, string] = [
  "model-00001-of-00002.safetensors",
  "model-00002-of-00002.safetensors",
];

export async function writeModel(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/model.safetensors`, weights);
  await writeFile(`${folder}/config.json`, '{"model_type":"llama"}');
  await writeFile(`${folder}/tokenizer.json`, "{}");
}

export async function writeSharded(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/${shards[0]}`, encodeSafetensors(model.slice(0, 1)));
  await writeFile(`${folder}/${shards[1]}`, encodeSafetensors(model.slice(1)));
  const weightMap = { "a.weight": shards[0], "b.weight": shards[1], "lm_head.weight": shards[1] };
  await writeFile(`${folder}/model.safetensors.index.json`, JSON.stringify({ metadata: {}, weight_map: weightMap }));
  await writeFile(`${folder}/config.json`, '{"model_type":"llama"}');
}

export function quantize(
  input: string,
  output: string,
  options: Partial<QuantizePathOptions> = {},
): Promise<QuantizationReport> {
  return quantizePath(input, output, { backend, ...options });
}
