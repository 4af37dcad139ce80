/** The fields of a LLaMA `config.json` that decide the forward pass, under Hugging Face's names in camel case. */
export interface LlamaConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; each serves `heads / keyValueHeads` query heads. */
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly rmsNormEpsilon: number;
  readonly ropeTheta: number;
}

/** Reads a `config.json`. Throws an Error for another architecture, or for an option that the forward pass here does not have. */
export function parseLlamaConfig(json: unknown): LlamaConfig {
  const config = json as Record<string, unknown>;
  const number = (key: string): number => {
    const value = config[key];
    if (typeof value !== "number") throw new Error(`config.json: ${key} is ${JSON.stringify(value)}, not a number`);
    return value;
  };
  const demand = (key: string, wanted: unknown): void => {
    const value = config[key];
    if (value !== undefined && value !== null && value !== wanted) {
      throw new Error(
        `config.json: ${key} is ${JSON.stringify(value)}; this example runs ${JSON.stringify(wanted)} only`,
      );
    }
  };
  demand("model_type", "llama");
  demand("hidden_act", "silu");
  demand("attention_bias", false);
  demand("mlp_bias", false);
  demand("tie_word_embeddings", false);
  const rope = (config.rope_parameters ?? config) as { rope_theta?: number; rope_type?: string };
  if (rope.rope_type !== undefined && rope.rope_type !== "default") {
    throw new Error(`config.json: rope_type is ${rope.rope_type}; this example runs "default" only`);
  }
  return {
    vocabSize: number("vocab_size"),
    hiddenSize: number("hidden_size"),
    intermediateSize: number("intermediate_size"),
    layers: number("num_hidden_layers"),
    heads: number("num_attention_heads"),
    keyValueHeads: number("num_key_value_heads"),
    headDim: (config.head_dim as number) ?? number("hidden_size") / number("num_attention_heads"),
    rmsNormEpsilon: number("rms_norm_eps"),
    ropeTheta: rope.rope_theta ?? 10000,
  };
}
