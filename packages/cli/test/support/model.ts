import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, type TensorData } from "@octet/safetensors";
import { afterAll } from "vitest";

/** A folder that is removed after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "octet-cli-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A float32 tensor of values in [-1, 1). */
export function randomTensor(name: string, shape: readonly number[], seed: number): TensorData {
  let state = seed >>> 0;
  const values = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return { name, dtype: "F32", shape, data: new Uint8Array(values.buffer) };
}

/** Two layers, a norm and a head, as a language model names them; 33 is no multiple of 4. */
export const modelTensors: readonly TensorData[] = [
  randomTensor("model.layers.0.mlp.up_proj.weight", [7, 33], 1),
  randomTensor("model.layers.1.mlp.up_proj.weight", [5, 64], 2),
  randomTensor("model.norm.weight", [33], 3),
  randomTensor("lm_head.weight", [4, 33], 4),
];

export async function writeTensors(path: string, tensors: readonly TensorData[]): Promise<string> {
  await writeFile(path, encodeSafetensors(tensors, { format: "pt" }));
  return path;
}

/** `model.safetensors` with the tensors above. */
export async function writeModel(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return writeTensors(join(folder, "model.safetensors"), modelTensors);
}

/** A model folder of two shards, with an index and a config.json. */
export async function writeShardedModel(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const weightMap = Object.fromEntries(modelTensors.map(({ name }, index) => [name, shards[index % 2]]));
  for (const [index, shard] of shards.entries()) {
    await writeTensors(
      join(folder, shard),
      modelTensors.filter((_, position) => position % 2 === index),
    );
  }
  const index = join(folder, "model.safetensors.index.json");
  await writeFile(index, JSON.stringify({ metadata: { total_size: 0 }, weight_map: weightMap }));
  await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "llama" }));
  return index;
}
