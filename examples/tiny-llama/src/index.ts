export { type LlamaConfig, parseLlamaConfig } from "./config.ts";
export { heldOutLoss } from "./held-out-loss.ts";
export { heldOutWindows, windowLength } from "./held-out-text.ts";
export { LlamaForCausalLM, type LlamaOptions } from "./llama.ts";
export { loadLlama } from "./load.ts";
