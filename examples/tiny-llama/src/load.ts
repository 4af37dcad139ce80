import type { Checkpoint } from "@octet/checkpoint";
import type { Backend, HostTensor, LinearActivations } from "@octet/core";
import { parseLlamaConfig } from "./config.ts";
import { LlamaForCausalLM } from "./llama.ts";

/**
 * The model of an open checkpoint, float or quantized, in either format.
 * @throws Error when the checkpoint has no config.json or is of another architecture; OctetError when tensors are missing or damaged
 */
export async function loadLlama(
  checkpoint: Checkpoint,
  { backend, activations }: { readonly backend: Backend; readonly activations?: LinearActivations },
): Promise<LlamaForCausalLM> {
  const model = new LlamaForCausalLM(parseLlamaConfig(checkpoint.config), {
    backend,
    quantized: checkpoint.layers,
    ...(activations && { activations }),
  });
  try {
    const state: Map<string, HostTensor> = await checkpoint.stateDict();
    await model.loadStateDict(state);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}
