import {
  defaultSkip,
  type JsonObject,
  type PlanOptions,
  planQuantization,
  type QuantizationPlan,
} from "@octet/checkpoint";
import { OctetError } from "@octet/core";
import { bytesSource, encodeSafetensors, openSafetensors, type TensorData } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal } from "./support/refusal.ts";
import { float32Tensor } from "./support/seeded-values.ts";

/** A float32 weight of zeros. */
function zeros(name: string, shape: readonly number[]): TensorData {
  return float32Tensor(name, shape, new Array<number>(shape.reduce((size, extent) => size * extent, 1)).fill(0));
}

async function plan(
  tensors: readonly (string | TensorData)[],
  options: PlanOptions = {},
  config: JsonObject | null = null,
  metadata: Readonly<Record<string, string>> = {},
): Promise<QuantizationPlan> {
  const all = tensors.map((tensor) => (typeof tensor === "string" ? zeros(tensor, [6, 8]) : tensor));
  const reader = await openSafetensors(bytesSource(encodeSafetensors(all, metadata)));
  return planQuantization({ tensors: reader.tensors, metadata: reader.metadata, config }, options);
}

const layers = ({ layers }: QuantizationPlan): string[] => layers.map(({ name }) => name);
const ignored = ({ quantizationConfig }: QuantizationPlan): unknown => quantizationConfig?.ignore;

const names = [
  "lm_head.weight",
  "model.embed_tokens.weight",
  "model.layers.0.self_attn.q_proj.weight",
  "model.layers.0.mlp.router.weight",
  "model.layers.0.mlp.gate.weight",
  "model.layers.0.mlp.gate_proj.weight",
  "model.layers.1.mlp.up_proj.weight",
  "model.final_norm.weight",
];

describe("what is quantized", () => {
  test("by default all but heads, embeddings, norms and routers", async () => {
    const planned = await plan(names);
    expect(layers(planned)).toEqual([
      "model.layers.0.mlp.gate_proj",
      "model.layers.0.self_attn.q_proj",
      "model.layers.1.mlp.up_proj",
    ]);
    expect(ignored(planned)).toEqual([
      "lm_head",
      "model.final_norm",
      "model.layers.0.mlp.gate",
      "model.layers.0.mlp.router",
    ]);
    expect(planned.warnings).toEqual([]);
  });

  test("the default list is one constant", () => {
    expect(defaultSkip).toEqual(["lm_head", "*embed*", "*norm*", "*.router.*", "*.gate.weight"]);
  });

  test("a head is found at any depth", async () => {
    const planned = await plan(["language_model.lm_head.weight", "a.weight"]);
    expect(layers(planned)).toEqual(["a"]);
    expect(ignored(planned)).toEqual(["language_model.lm_head"]);
  });

  test("skip replaces the default list", async () => {
    const planned = await plan(names, { skip: ["*.layers.0.*", "model.layers.1.*", "*norm*"] });
    expect(layers(planned)).toEqual(["lm_head", "model.embed_tokens"]);
    expect(planned.quantizationConfig).toMatchObject({
      config_groups: { group_0: { targets: ["Linear", "model.embed_tokens"] } },
    });
    expect(planned.warnings).toEqual([expect.stringContaining("model.embed_tokens is an embedding")]);
  });

  test("an empty skip list, or an empty pattern, skips nothing", async () => {
    expect((await plan(names, { skip: [] })).layers).toHaveLength(names.length);
    expect((await plan(names, { skip: [""] })).layers).toHaveLength(names.length);
  });

  test("only narrows it down, and skip still counts", async () => {
    expect(layers(await plan(names, { only: ["q_proj", "*.up_proj.weight"] }))).toEqual([
      "model.layers.0.self_attn.q_proj",
      "model.layers.1.mlp.up_proj",
    ]);
    await expectRefusal(plan(names, { only: ["lm_head"] }).then(), "ERR_UNSUPPORTED", "nothing to quantize", "lm_head");
    expect(layers(await plan(names, { only: ["lm_head"], skip: [] }))).toEqual(["lm_head"]);
  });

  test("a pattern that matches nothing is a slip, and a warning", async () => {
    const { warnings } = await plan(names, { skip: ["lm_haed"], only: ["*_proj", "nothing.*"] });
    expect(warnings).toEqual([expect.stringContaining('"lm_haed"'), expect.stringContaining('"nothing.*"')]);
  });

  test("what is not 2-D, not a float or not a weight stays, and loaders hear of the Linears among it", async () => {
    const planned = await plan([
      "a.weight",
      "lm_head.weight",
      zeros("conv.weight", [2, 2, 2]),
      zeros("b.bias", [6]),
      zeros("c.proj", [6, 8]),
      { name: "d.weight", dtype: "F64", shape: [1, 2], data: new Uint8Array(16) },
    ]);
    expect(layers(planned)).toEqual(["a"]);
    expect(new Map(planned.kept.map(({ name, dtype }) => [name, dtype]))).toEqual(
      new Map([
        ["d.weight", "float64"],
        ["b.bias", "float32"],
        ["c.proj", "float32"],
        ["conv.weight", "float32"],
        ["lm_head.weight", "float32"],
      ]),
    );
    expect(ignored(planned)).toEqual(["d", "lm_head"]);
  });

  test("a head without a tensor of its own is ignored, in every part of a model of several", async () => {
    expect(ignored(await plan(["a.weight"]))).toEqual(["lm_head"]);
    expect(ignored(await plan(["a.weight"], {}, { model_type: "llama" }))).toEqual(["lm_head"]);
    const config = { model_type: "llava", text_config: { model_type: "llama" } };
    expect(ignored(await plan(["a.weight"], {}, config))).toEqual(["lm_head", "re:.*lm_head"]);
  });

  test.each<[string, JsonObject, string]>([
    ["Whisper", { model_type: "whisper", tie_word_embeddings: true }, "proj_out"],
    ["Moonshine", { model_type: "moonshine" }, "proj_out"],
    ["GPT-NeoX", { model_type: "gpt_neox" }, "embed_out"],
    ["BioGPT", { model_type: "biogpt" }, "output_projection"],
    ["BERT", { model_type: "bert" }, "cls.predictions.decoder"],
    ["RoBERTa", { model_type: "xlm-roberta" }, "lm_head.decoder"],
    ["ALBERT", { model_type: "albert" }, "predictions.decoder"],
    ["DistilBERT", { model_type: "distilbert" }, "vocab_projector"],
    ["ELECTRA", { model_type: "electra" }, "generator_lm_head"],
    ["ModernBERT", { model_type: "modernbert" }, "decoder"],
    ["XLNet", { model_type: "xlnet" }, "lm_loss"],
    ["a type of its own with Whisper's class", { architectures: ["WhisperForConditionalGeneration"] }, "proj_out"],
    ["a class without a task", { architectures: ["XLMRobertaModel"] }, "lm_head.decoder"],
    ["BERT's decoder", { architectures: ["BertLMHeadModel"] }, "cls.predictions.decoder"],
  ])("a tied head by another name is ignored: %s", async (_, config, head) => {
    expect(ignored(await plan(["a.weight"], {}, config))).toEqual(["lm_head", head]);
    // One that is there is quantized or kept like anything else, and an entry for it would undo that.
    const planned = await plan(["a.weight", `${head}.weight`], { skip: [] }, config);
    expect(layers(planned)).toContain(head);
    expect(ignored(planned)).not.toContain(head);
  });

  test("a head of a part is ignored at any depth, and nothing that only begins or ends like it", async () => {
    const decoder = { model_type: "vision-encoder-decoder", decoder: { model_type: "trocr" } };
    const entries = ignored(
      await plan(["decoder.input_output_projection.weight", "a.weight"], {}, decoder),
    ) as string[];
    expect(entries).toEqual(["lm_head", "re:.*lm_head", "output_projection", "re:.*\\.output_projection$"]);
    const git = { model_type: "git", vision_config: { model_type: "git_vision_model" } };
    const modules = ["git.encoder.layer.0.attention.output.dense.weight", "git.encoder.layer.0.output.dense.weight"];
    const patterns = (ignored(await plan(modules, {}, git)) as string[]).filter((entry) => entry.startsWith("re:"));
    for (const pattern of patterns) {
      for (const module of modules)
        expect(module.replace(".weight", "")).not.toMatch(new RegExp(`^${pattern.slice(3)}`));
    }
    expect(patterns).toHaveLength(2);
  });

  test("heads that the layers of a detector share are ignored, unless they are quantized", async () => {
    const config = { model_type: "deformable_detr" };
    const tensors = ["a.weight", "class_embed.0.weight", "bbox_embed.0.layers.0.weight"];
    expect(ignored(await plan(tensors, {}, config))).toEqual([
      "bbox_embed.0.layers.0",
      "class_embed.0",
      "lm_head",
      "re:.*(?:bbox|class)_embed",
    ]);
    expect(ignored(await plan(tensors, { skip: [] }, config))).toEqual(["lm_head"]);
  });

  test("embeddings by names that the default list does not know stay, with a warning", async () => {
    const planned = await plan([
      "shared.weight",
      "t5.relative_attention_bias.weight",
      "transformer.wte.weight",
      "a.weight",
    ]);
    expect(layers(planned)).toEqual(["a"]);
    expect(planned.warnings).toEqual([expect.stringContaining("shared.weight")]);
    expect(ignored(planned)).toEqual(["lm_head"]);
  });
});

describe("GPT-2's Conv1D", () => {
  const gpt2 = [
    "h.0.attn.c_attn.weight",
    "h.0.attn.c_proj.weight",
    "h.0.mlp.c_fc.weight",
    "wte.weight",
    "h.0.other.weight",
  ];

  test.each<[string, JsonObject]>([
    ["gpt2", { model_type: "gpt2" }],
    ["a decoder", { model_type: "vision-encoder-decoder", decoder: { model_type: "gpt2" } }],
  ])("stays in float, with a warning: %s", async (_, config) => {
    const planned = await plan(gpt2, {}, config);
    expect(layers(planned)).toEqual(["h.0.other"]);
    expect(planned.warnings).toEqual([
      expect.stringMatching(/h\.0\.attn\.c_attn\.weight.*Conv1D/),
      expect.stringContaining("wte.weight"),
    ]);
  });

  test("is no reason to stop, even if nothing else is there", async () => {
    const planned = await plan(gpt2.slice(0, 3), {}, { model_type: "gpt2" });
    expect(planned.layers).toEqual([]);
    expect(planned.quantizationConfig).toBe(null);
    expect(planned.warnings).toEqual([
      expect.stringContaining("Conv1D"),
      expect.stringContaining("nothing was quantized"),
    ]);
  });

  test("is told by its bias where there is no config", async () => {
    const planned = await plan([...gpt2, zeros("h.0.attn.c_attn.bias", [8]), zeros("h.0.other.bias", [6])]);
    expect(layers(planned)).toEqual(["h.0.other"]);
  });

  test("the same names in another architecture are Linears", async () => {
    expect((await plan(gpt2.slice(0, 3), {}, { model_type: "gpt_bigcode" })).layers).toHaveLength(3);
  });
});

describe("what is refused", () => {
  test.each<[string, PlanOptions, string]>([
    ["per tensor", { granularity: { kind: "tensor" } }, "--format int8"],
    ["other bits", { bits: 5 }, "--format int8"],
    ["no such bits", { bits: 9, format: "int8" }, "bits"],
    ["no such format", { format: "gguf" as "int8" }, "gguf"],
    ["another axis", { granularity: { kind: "channel", dim: 1 } }, "dim"],
  ])("%s", async (_, options, named) => {
    await expectRefusal(plan(names, options), "ERR_UNSUPPORTED", named);
  });

  test("a group size that does not divide a layer's inFeatures, naming it", async () => {
    const tensors = ["a.weight", zeros("model.layers.3.down_proj.weight", [2, 12]), zeros("z.weight", [2, 4])];
    const options: PlanOptions = { granularity: { kind: "group", size: 8 } };
    await expectRefusal(plan(tensors, options), "ERR_SHAPE", '"model.layers.3.down_proj"', "12", "1 more");
    expect((await plan(tensors, { ...options, skip: ["*down_proj", "z"] })).layers).toHaveLength(1);
  });

  test("a group size of 0", async () => {
    await expectRefusal(plan(names, { granularity: { kind: "group", size: 0 } }), "ERR_SHAPE");
  });

  const i8: TensorData = { name: "a.weight", dtype: "I8", shape: [1, 4], data: new Uint8Array(4) };
  test.each<[string, readonly (string | TensorData)[], JsonObject | null, Record<string, string>, string]>([
    ["a config", names, { quantization_config: { quant_method: "gptq" } }, {}, "config.json"],
    ["a config of a part", names, { text_config: { quantization_config: {} } }, {}, "text_config"],
    ["an old config", names, { compression_config: {} }, {}, "compression_config"],
    ["metadata", names, null, { quantization_config: "{}" }, "quantization_config"],
    ["Octet's metadata", names, null, { octet: "{}" }, "octet"],
    ["int8 weights", [i8], null, {}, '"a.weight"'],
    ["scales", ["a.weight", zeros("a.weight_scale", [1])], null, {}, '"a.weight_scale"'],
    ["GPTQ's names", [zeros("a.qweight", [1])], null, {}, '"a.qweight"'],
  ])("what is quantized already: %s", async (_, tensors, config, metadata, named) => {
    await expectRefusal(plan(tensors, {}, config, metadata), "ERR_UNSUPPORTED", "quantized already", named);
  });

  test("a config that says null is not quantized", async () => {
    expect((await plan(["a.weight"], {}, { quantization_config: null })).layers).toHaveLength(1);
  });

  test("refusals are thrown at the call", async () => {
    const header = { tensors: new Map(), metadata: new Map(), config: null };
    expect(() => planQuantization(header)).toThrow(OctetError);
  });
});

describe("what keeps vLLM from loading is a warning", () => {
  test("rows that do not fill words", async () => {
    const { warnings } = await plan([zeros("a.weight", [2, 6])]);
    expect(warnings).toEqual([expect.stringContaining("a has 6 inFeatures")]);
    expect((await plan([zeros("a.weight", [2, 6])], { format: "int8" })).warnings).toEqual([]);
  });

  test("parts of a fused matrix on both sides", async () => {
    const { warnings } = await plan(["m.q_proj.weight", "m.k_proj.weight", "m.v_proj.weight"], { skip: ["v_proj"] });
    expect(warnings).toEqual([expect.stringMatching(/m\.k_proj.*m\.v_proj/)]);
  });
});
