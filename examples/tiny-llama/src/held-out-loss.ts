import { sumCrossEntropy } from "./cross-entropy.ts";
import type { LlamaForCausalLM } from "./llama.ts";

/** Windows that go through the model together: enough rows for a matrix product, few enough for a smooth progress bar. */
const windowsPerBatch = 3;

/** Mean next-byte cross-entropy over all predictions inside the windows, in nats per byte. */
export async function heldOutLoss(
  model: LlamaForCausalLM,
  windows: readonly Uint8Array[],
  onProgress: (windowsDone: number) => void = () => {},
): Promise<number> {
  let sum = 0;
  let predictions = 0;
  for (let start = 0; start < windows.length; start += windowsPerBatch) {
    const batch = windows.slice(start, start + windowsPerBatch);
    const logits = await model.forward(batch);
    sum += sumCrossEntropy(logits, batch, model.model.config.vocabSize);
    for (const tokens of batch) predictions += tokens.length - 1;
    onProgress(start + batch.length);
  }
  return sum / predictions;
}
