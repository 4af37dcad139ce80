import { moduleName } from "@octet/core/names";
import { isJsonObject, type JsonObject } from "../bytes/json.ts";
import type { StoredTensor } from "../containers/tensor-container.ts";

/**
 * What kind of module a 2-D `P.weight` belongs to cannot be read off a checkpoint, which holds tensors only. Names tell the few that are
 * not Linear; whatever they do not tell is taken for a Linear. For the list of modules left in float that is the safe side: a name too
 * many in it is harmless, a Linear missing from it would be read as quantized.
 */

const embeddingName =
  /^(?:embed|embed_(?:tokens|positions|in)|.*_embed|.*embeddings?|wte|wpe|shared|relative_attention_bias)$/;

/** Whether a module is a table of embeddings, by the last part of its name. `embed_out` is GPT-NeoX's head, which is a Linear. */
export function isEmbeddingName(module: string): boolean {
  return embeddingName.test(lastPart(module));
}

const conv1dModels: ReadonlySet<string> = new Set(["gpt2", "openai-gpt", "imagegpt", "decision_transformer", "clvp"]);
const conv1dName = /^(?:c_attn|q_attn|c_proj|c_fc)$/;

/**
 * A test for the weights of GPT-2's Conv1D, which stores `[in, out]` where a Linear stores `[out, in]`. A model with them is known by the
 * `model_type` of config.json, also that of a part (a decoder, a text model), and there they have GPT-2's names. Whatever the config, a
 * weight whose bias is as long as its second axis only is stored that way.
 */
export function createConv1dTest(
  config: JsonObject | null,
  tensors: ReadonlyMap<string, StoredTensor>,
): (weight: StoredTensor) => boolean {
  const isTransposed = ({ name, shape }: StoredTensor): boolean => {
    const bias = tensors.get(`${moduleName(name)}.bias`)?.shape;
    return shape.length === 2 && bias?.length === 1 && bias[0] === shape[1] && bias[0] !== shape[0];
  };
  const isNamed = ({ name }: StoredTensor): boolean => conv1dName.test(lastPart(moduleName(name)));
  const known = config !== null && modelTypes(config).some((type) => conv1dModels.has(type));
  const named = known || [...tensors.values()].some((weight) => isNamed(weight) && isTransposed(weight));
  return (weight) => (named && isNamed(weight)) || isTransposed(weight);
}

function modelTypes(config: JsonObject): string[] {
  const own = typeof config.model_type === "string" ? [config.model_type] : [];
  return [...own, ...Object.values(config).filter(isJsonObject).flatMap(modelTypes)];
}

function lastPart(module: string): string {
  return module.slice(module.lastIndexOf(".") + 1);
}
