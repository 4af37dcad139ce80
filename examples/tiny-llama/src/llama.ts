import type { Backend, FloatDType, Granularity, LinearActivations, Tensor } from "@octet/core";
import { HostParameter, type Layer, Linear, Module, QuantizedLinear } from "@octet/nn";
import { attend } from "./attention.ts";
import type { LlamaConfig } from "./config.ts";
import { rmsNorm } from "./rms-norm.ts";
import { RotaryEmbedding } from "./rope.ts";

/** What a linear layer of a checkpoint is made as, by its name: float, or quantized. */
export interface LlamaOptions {
  readonly backend: Backend;
  /** The quantized layers; every other one is a float `Linear`. */
  readonly quantized: ReadonlyMap<string, { readonly bits: number; readonly granularity: Granularity }>;
  /** How the quantized layers treat activations. Default "float". */
  readonly activations?: LinearActivations;
}

/** Makes the linear layer `name`, `[outFeatures, inFeatures]`. */
type MakeLinear = (name: string, inFeatures: number, outFeatures: number) => Layer;

/**
 * A LLaMA forward pass whose linear layers run on an Octet backend; embedding, norms, rotary embedding, attention and the residual
 * stream are float32 on the host. Names are Hugging Face's, so that a checkpoint loads as it is.
 */
export class LlamaForCausalLM extends Module {
  readonly model: LlamaModel;
  lm_head: Layer;

  constructor(config: LlamaConfig, { backend, quantized, activations = "float" }: LlamaOptions) {
    super();
    const makeLinear: MakeLinear = (name, inFeatures, outFeatures) => {
      const layer = quantized.get(name);
      if (layer === undefined) return new Linear(inFeatures, outFeatures, { backend, bias: false });
      const { bits, granularity } = layer;
      return new QuantizedLinear(inFeatures, outFeatures, { backend, bias: false, activations, bits, granularity });
    };
    this.model = new LlamaModel(config, backend, makeLinear);
    this.lm_head = makeLinear("lm_head", config.hiddenSize, config.vocabSize);
  }

  /** Logits [windows * length, vocabulary] of windows of equal length, each at positions 0 .. length - 1. */
  async forward(windows: readonly Uint8Array[]): Promise<Float32Array> {
    const hidden = await this.model.forward(windows);
    const { backend, config } = this.model;
    return project(backend, hidden, config.hiddenSize, this.lm_head);
  }
}

class LlamaModel extends Module {
  readonly embed_tokens: Embedding;
  readonly layers: DecoderLayer[];
  readonly norm: RmsNorm;
  readonly backend: Backend;
  readonly config: LlamaConfig;

  constructor(config: LlamaConfig, backend: Backend, makeLinear: MakeLinear) {
    super();
    this.config = config;
    this.backend = backend;
    this.embed_tokens = new Embedding(config.vocabSize, config.hiddenSize);
    this.layers = Array.from(
      { length: config.layers },
      (_, index) =>
        new DecoderLayer(config, backend, (name, ...sizes) => makeLinear(`model.layers.${index}.${name}`, ...sizes)),
    );
    this.norm = new RmsNorm(config);
  }

  /** Hidden states [windows * length, hiddenSize] after the last norm. */
  async forward(windows: readonly Uint8Array[]): Promise<Float32Array> {
    const length = windows[0].length;
    const rope = new RotaryEmbedding(length, this.config.headDim, this.config.ropeTheta);
    let hidden = this.embed_tokens.forward(windows);
    for (const layer of this.layers) hidden = await layer.forward(hidden, length, rope);
    return this.norm.forward(hidden);
  }
}

class Embedding extends Module {
  readonly weight: HostParameter<"float32">;

  constructor(vocabulary: number, width: number) {
    super();
    this.weight = new HostParameter([vocabulary, width], "float32");
  }

  /** The rows of the tokens, [tokens, width]. */
  forward(windows: readonly Uint8Array[]): Float32Array {
    const { data, shape } = this.weight.tensor;
    const width = shape[1];
    const tokens = windows.flatMap((window) => [...window]);
    const rows = new Float32Array(tokens.length * width);
    tokens.forEach((token, row) => {
      rows.set(data.subarray(token * width, (token + 1) * width), row * width);
    });
    return rows;
  }
}

class RmsNorm extends Module {
  readonly weight: HostParameter<"float32">;
  readonly epsilon: number;

  constructor({ hiddenSize, rmsNormEpsilon }: LlamaConfig) {
    super();
    this.weight = new HostParameter([hiddenSize], "float32");
    this.epsilon = rmsNormEpsilon;
  }

  forward(x: Float32Array): Float32Array {
    return rmsNorm(x, this.weight.tensor.data, this.epsilon);
  }
}

class DecoderLayer extends Module {
  readonly input_layernorm: RmsNorm;
  readonly self_attn: Attention;
  readonly post_attention_layernorm: RmsNorm;
  readonly mlp: FeedForward;

  constructor(config: LlamaConfig, backend: Backend, makeLinear: MakeLinear) {
    super();
    this.input_layernorm = new RmsNorm(config);
    this.self_attn = new Attention(config, backend, (name, ...sizes) => makeLinear(`self_attn.${name}`, ...sizes));
    this.post_attention_layernorm = new RmsNorm(config);
    this.mlp = new FeedForward(config, backend, (name, ...sizes) => makeLinear(`mlp.${name}`, ...sizes));
  }

  async forward(hidden: Float32Array, length: number, rope: RotaryEmbedding): Promise<Float32Array> {
    const attended = add(hidden, await this.self_attn.forward(this.input_layernorm.forward(hidden), length, rope));
    return add(attended, await this.mlp.forward(this.post_attention_layernorm.forward(attended)));
  }
}

class Attention extends Module {
  q_proj: Layer;
  k_proj: Layer;
  v_proj: Layer;
  o_proj: Layer;
  readonly config: LlamaConfig;
  readonly backend: Backend;

  constructor(config: LlamaConfig, backend: Backend, makeLinear: MakeLinear) {
    super();
    const { hiddenSize, heads, keyValueHeads, headDim } = config;
    this.config = config;
    this.backend = backend;
    this.q_proj = makeLinear("q_proj", hiddenSize, heads * headDim);
    this.k_proj = makeLinear("k_proj", hiddenSize, keyValueHeads * headDim);
    this.v_proj = makeLinear("v_proj", hiddenSize, keyValueHeads * headDim);
    this.o_proj = makeLinear("o_proj", heads * headDim, hiddenSize);
  }

  async forward(x: Float32Array, length: number, rope: RotaryEmbedding): Promise<Float32Array> {
    const { hiddenSize, heads, keyValueHeads, headDim } = this.config;
    const queries = await project(this.backend, x, hiddenSize, this.q_proj);
    const keys = await project(this.backend, x, hiddenSize, this.k_proj);
    const values = await project(this.backend, x, hiddenSize, this.v_proj);
    rope.rotate(queries, length, heads);
    rope.rotate(keys, length, keyValueHeads);
    const attended = attend(queries, keys, values, { length, heads, keyValueHeads, headDim });
    return project(this.backend, attended, heads * headDim, this.o_proj);
  }
}

/** SwiGLU: down(silu(gate(x)) * up(x)) (Shazeer, "GLU Variants Improve Transformer"). */
class FeedForward extends Module {
  gate_proj: Layer;
  up_proj: Layer;
  down_proj: Layer;
  readonly config: LlamaConfig;
  readonly backend: Backend;

  constructor(config: LlamaConfig, backend: Backend, makeLinear: MakeLinear) {
    super();
    const { hiddenSize, intermediateSize } = config;
    this.config = config;
    this.backend = backend;
    this.gate_proj = makeLinear("gate_proj", hiddenSize, intermediateSize);
    this.up_proj = makeLinear("up_proj", hiddenSize, intermediateSize);
    this.down_proj = makeLinear("down_proj", intermediateSize, hiddenSize);
  }

  async forward(x: Float32Array): Promise<Float32Array> {
    const { hiddenSize, intermediateSize } = this.config;
    const gate = await project(this.backend, x, hiddenSize, this.gate_proj);
    const up = await project(this.backend, x, hiddenSize, this.up_proj);
    for (let i = 0; i < gate.length; i++) gate[i] = (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
    return project(this.backend, gate, intermediateSize, this.down_proj);
  }
}

/** Runs a linear layer on the device: x [rows, width] goes up, the result comes back. */
async function project(backend: Backend, x: Float32Array, width: number, layer: Layer): Promise<Float32Array> {
  using input = backend.upload({ dtype: "float32", shape: [x.length / width, width], data: x });
  using output: Tensor<FloatDType> = layer.forward(input);
  return (await backend.download(output)).data as Float32Array;
}

function add(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, index) => value + b[index]);
}
