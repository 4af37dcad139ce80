import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCheckpointPath, type QuantizePathOptions, quantizePath } from "@octet/checkpoint/node";
import { createReferenceBackend, type LinearActivations } from "@octet/core";
import { heldOutLoss } from "../src/held-out-loss.ts";
import { heldOutWindows } from "../src/held-out-text.ts";
import { loadLlama } from "../src/load.ts";

export const modelFolder: string = fileURLToPath(new URL("../model", import.meta.url));

/** The loss over the first windows of every held-out text, of the model as stored or after quantizing it. */
export async function measureLoss(
  windowsPerFile: number,
  quantization?: Omit<QuantizePathOptions, "backend">,
  activations: LinearActivations = "float",
): Promise<number> {
  using backend = createReferenceBackend();
  await using folder = await mkdtempDisposable(join(tmpdir(), "octet-tiny-llama-"));
  let path = modelFolder;
  if (quantization !== undefined) {
    path = join(folder.path, "quantized");
    await quantizePath(modelFolder, path, { ...quantization, backend });
  }
  await using checkpoint = await openCheckpointPath(path);
  using model = await loadLlama(checkpoint, { backend, activations });
  return await heldOutLoss(model, await heldOutWindows(windowsPerFile));
}
