import { describe, expect, test } from "vitest";
import { createNameMatcher } from "./name-matcher.ts";
import { attentionOutputs, firstAndLastLayers, smallWeights } from "./skip-presets.ts";

const named = (names: readonly string[], shape: readonly number[] = [2, 3]) =>
  new Map(names.map((name) => [name, { shape }]));

describe("attentionOutputs", () => {
  const match = createNameMatcher(attentionOutputs);

  test.each([
    "model.layers.0.self_attn.o_proj", // LLaMA, Mistral, Qwen, Gemma
    "model.decoder.layers.0.self_attn.out_proj", // OPT, BART, Whisper
    "model.decoder.layers.0.encoder_attn.out_proj", // BART
    "transformer.h.0.attn.c_proj", // GPT-2
    "transformer.h.0.crossattention.c_proj", // GPT-2
    "gpt_neox.layers.0.attention.dense", // GPT-NeoX
    "transformer.h.0.self_attention.dense", // Falcon, BLOOM
    "model.layers.0.self_attn.dense", // Phi
    "bert.encoder.layer.0.attention.output.dense", // BERT, ViT
    "distilbert.transformer.layer.0.attention.out_lin", // DistilBERT
    "decoder.block.0.layer.0.SelfAttention.o", // T5
    "decoder.block.0.layer.1.EncDecAttention.o", // T5
    "layers.0.attention.wo", // the first LLaMA, InternLM
    "blocks.0.attn.proj", // timm
    "attn.o_proj",
  ])("has %s", (module) => {
    expect(match(`${module}.weight`)).toBe(attentionOutputs[0]);
  });

  test.each([
    "model.layers.0.self_attn.q_proj",
    "transformer.h.0.attn.c_attn",
    "transformer.h.0.mlp.c_proj",
    "bert.encoder.layer.0.output.dense",
    "bert.encoder.layer.0.attention.self.query",
    "decoder.block.0.layer.0.SelfAttention.q",
    "decoder.block.0.layer.2.DenseReluDense.wo",
    "model.layers.0.mixer.out_proj", // Mamba
    "o_proj",
  ])("does not have %s", (module) => {
    expect(match(`${module}.weight`)).toBeUndefined();
  });
});

describe("firstAndLastLayers", () => {
  const blocks = (stack: string, count: number) =>
    Array.from({ length: count }, (_, index) => [`${stack}${index}.norm.weight`, `${stack}${index}.fc.weight`]).flat();

  test.each<[string, readonly string[], readonly string[]]>([
    ["a stack", ["embed.weight", ...blocks("model.layers.", 12)], ["model.layers.0.*", "model.layers.11.*"]],
    ["one layer", blocks("h.", 1), ["h.0.*"]],
    ["layers of a Sequential", ["0.weight", "2.weight", "4.weight"], ["0.*", "4.*"]],
    [
      "two stacks",
      [...blocks("encoder.block.", 2), ...blocks("decoder.block.", 3)],
      ["encoder.block.0.*", "encoder.block.1.*", "decoder.block.0.*", "decoder.block.2.*"],
    ],
    [
      "experts inside a stack",
      [...blocks("layers.0.experts.", 8), ...blocks("layers.1.experts.", 8)],
      ["layers.0.*", "layers.1.*"],
    ],
    ["a stack with a star in its name", blocks("l*.", 2), ["l\\*.0.*", "l\\*.1.*"]],
  ])("%s", (_, names, patterns) => {
    expect(firstAndLastLayers(named(names))).toEqual(patterns);
  });

  test("matches the blocks at the ends, and no others", () => {
    const names = blocks("model.layers.", 12);
    const match = createNameMatcher(firstAndLastLayers(named(names)));
    expect(names.filter((name) => match(name) !== undefined)).toEqual([
      ...blocks("model.layers.", 1),
      ...blocks("model.layers.", 12).slice(-2),
    ]);
  });

  test("counts only what may be quantized: 2-D tensors named *.weight", () => {
    const tensors = new Map([
      ["0.weight", { shape: [3] }],
      ["1.weight", { shape: [2, 3] }],
      ["2.weight", { shape: [2, 3] }],
      ["3.table", { shape: [2, 3] }],
      ["4.weights.0.x", { shape: [2, 3] }],
    ]);
    expect(firstAndLastLayers(tensors)).toEqual(["1.*", "2.*"]);
  });

  test.each([[[]], [["fc.weight"]], [["layers2.fc.weight"]], [["layers.0.fc.bias"]]])(
    "names without layers are an error: %j",
    (names) => {
      expect(() => firstAndLastLayers(named(names))).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
    },
  );
});

describe("smallWeights", () => {
  const tensors = new Map([
    ["a.weight", { shape: [255, 257] }],
    ["b.weight", { shape: [256, 256] }],
    ["c[0].weight", { shape: [1, 1] }],
    ["c0.weight", { shape: [300, 300] }],
    ["norm.weight", { shape: [8] }],
    ["a.bias", { shape: [2, 2] }],
    ["weight", { shape: [0, 4] }],
  ]);

  test("has those of fewer than 65536 elements, unless told otherwise, and no other", () => {
    const names = [...tensors.keys()];
    const chosen = (patterns: readonly string[]) => {
      const match = createNameMatcher(patterns);
      return names.filter((name) => match(name) !== undefined);
    };
    expect(chosen(smallWeights(tensors))).toEqual(["a.weight", "c[0].weight", "weight"]);
    expect(chosen(smallWeights(tensors, 2))).toEqual(["c[0].weight", "weight"]);
    expect(chosen(smallWeights(tensors, 1))).toEqual(["weight"]);
    expect(smallWeights(named(["x.weight"], [256, 256]))).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN, "8"])("%j elements are ERR_RANGE", (elements) => {
    expect(() => smallWeights(tensors, elements as number)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});
