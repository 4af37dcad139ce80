import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCheckpointPath, type QuantizePathOptions, quantizePath } from "@octet/checkpoint/node";
import type { BackendFactory, LinearActivations } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { heldOutLoss } from "../src/held-out-loss.ts";
import { heldOutWindows } from "../src/held-out-text.ts";
import type { LlamaForCausalLM } from "../src/llama.ts";
import { loadLlama } from "../src/load.ts";

export const modelFolder: string = fileURLToPath(new URL("../model", import.meta.url));

type Quantization = Omit<QuantizePathOptions, "backend">;

interface ModelOptions {
  readonly activations?: LinearActivations;
  /** Default: wasm, which takes seconds where the reference takes a minute. */
  readonly createBackend?: BackendFactory;
}

/** Runs `use` with the model as stored or, after quantizing the folder, as loaded from the quantized one. */
async function withModel<T>(
  quantization: Quantization | undefined,
  use: (model: LlamaForCausalLM) => Promise<T>,
  { activations = "float", createBackend = createWasmBackend }: ModelOptions = {},
): Promise<T> {
  using backend = await createBackend();
  await using folder = await mkdtempDisposable(join(tmpdir(), "octet-tiny-llama-"));
  let path = modelFolder;
  if (quantization !== undefined) {
    path = join(folder.path, "quantized");
    await quantizePath(modelFolder, path, { ...quantization, backend });
  }
  await using checkpoint = await openCheckpointPath(path);
  using model = await loadLlama(checkpoint, { backend, activations });
  return await use(model);
}

/** The loss over the first windows of every held-out text. */
export function measureLoss(
  windowsPerFile: number,
  quantization?: Quantization,
  options?: ModelOptions,
): Promise<number> {
  return withModel(quantization, async (model) => heldOutLoss(model, await heldOutWindows(windowsPerFile)), options);
}

/** The logits of one window, [tokens, vocabulary]. */
export function logitsOf(
  tokens: Uint8Array,
  quantization?: Quantization,
  options?: ModelOptions,
): Promise<Float32Array> {
  return withModel(quantization, (model) => model.forward([tokens]), options);
}
