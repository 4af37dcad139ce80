import { isJsonObject, type JsonObject } from "../bytes/json.ts";

/**
 * Output heads that share the embeddings' weight, and so have no tensor in a file, by the names that transformers gives them
 * (`_tied_weights_keys`), and the models with a head of that name. Every other model calls it `lm_head`.
 */
const tiedHeads: readonly (readonly [head: string, models: string])[] = [
  ["proj_out", "whisper moonshine moonshine_streaming"],
  ["embed_out", "gpt_neox gpt_neox_japanese"],
  ["output_projection", "biogpt trocr"],
  ["decoder.output_projection", "fsmt"],
  ["output", "git"],
  ["decoder", "modernbert modernbert-decoder"],
  [
    "cls.predictions.decoder",
    "bert big_bird blip blip_text_model deberta deberta-v2 ernie fnet layoutlm lxmert megatron-bert mobilebert mra nezha nomic_bert nystromformer qdqbert realm rembert roc_bert roformer squeezebert tapas visual_bert yoso",
  ],
  ["predictions.decoder", "albert"],
  [
    "lm_head.decoder",
    "bert-generation camembert data2vec-text esm ibert longformer luke mpnet reformer roberta roberta-prelayernorm xlm-roberta xlm-roberta-xl xmod",
  ],
  ["lm_head.out_proj", "t5gemma t5gemma2"],
  ["generator_lm_head", "convbert electra"],
  ["vocab_projector", "distilbert"],
  ["pred_layer.proj", "flaubert xlm"],
  ["lm_loss", "xlnet"],
  ["mlm_score.decoder", "bridgetower vilt"],
  ["mlm_head.decoder", "flava"],
  ["text_decoder_postnet.lm_head", "speecht5"],
];

const usualHead = "lm_head";

/** Detectors whose decoder layers share one head; the file has one copy of it. */
const sharedDetectionHeads = {
  models: "d_fine deformable_detr deta grounding-dino mm-grounding-dino rt_detr rt_detr_v2",
  part: /(?:^|\.)(?:bbox|class)_embed(?:\.|$)/,
  pattern: "re:.*(?:bbox|class)_embed",
};

/**
 * Entries for the `ignore` list of heads that a model has and its file lacks: without them a loader would look for their codes. A name too
 * many in that list is harmless, so `tie_word_embeddings` is not asked. `modules` are those of the file that have weights.
 */
export function findAbsentHeads(
  modules: Iterable<string>,
  quantized: readonly string[],
  config: JsonObject | null,
): string[] {
  const names = [...modules].map((module) => `.${module}`);
  const models = new Set(config === null ? [] : findModels(config));
  const isAny = (list: string): boolean => list.split(" ").some((model) => models.has(simplify(model)));
  const heads = [usualHead, ...tiedHeads.filter(([, list]) => isAny(list)).map(([head]) => head)];
  const absent = heads.filter((head) => !names.some((name) => name.endsWith(`.${head}`)));
  const nested = config !== null && Object.values(config).some((part) => isJsonObject(part) && "model_type" in part);
  const entries = absent.flatMap((head) => (nested ? [head, patternAtAnyDepth(head)] : [head]));
  const { models: detectors, part, pattern } = sharedDetectionHeads;
  return isAny(detectors) && !quantized.some((module) => part.test(module)) ? [...entries, pattern] : entries;
}

/** Loaders match a pattern at the start of a name only, so that it says itself where the name ends. */
function patternAtAnyDepth(head: string): string {
  // Whatever has lm_head in its name is a head or a part of one. The other names are too short to say that.
  return head === usualHead ? `re:.*${head}` : `re:.*\\.${head.replaceAll(".", "\\.")}$`;
}

/** The models that a config is of, and its parts: by `model_type`, and by the class, which a model of another type may share. */
function findModels(config: JsonObject): string[] {
  const { model_type: type, architectures } = config;
  const classes = Array.isArray(architectures) ? architectures : [];
  const own = [
    type,
    ...classes.map((name) => typeof name === "string" && name.replace(/(?:For[A-Z]|LMHead|Model|Decoder$).*/, "")),
  ];
  return [
    ...own.filter((name) => typeof name === "string").map(simplify),
    ...Object.values(config).filter(isJsonObject).flatMap(findModels),
  ];
}

function simplify(model: string): string {
  return model.toLowerCase().replace(/[-_]/g, "");
}
