import { isJsonObject, type JsonObject } from "../bytes/json.ts";
import type { StoredTensor } from "../containers/tensor-container.ts";
import { octetKey, quantizationConfigKey } from "./file-metadata.ts";

/** Names that only quantized checkpoints have: compressed-tensors, GPTQ and AWQ, bitsandbytes, torchao, quanto, fp8. */
const quantizedName =
  /\.(?:weight_packed|weight_scale|weight_scale_inv|weight_zero_point|weight_shape|weight_g_idx|qweight|qzeros|SCB|_weight_qdata|weight\._data|weight\.absmax)$/;

const codeDType = /^(?:I8|U8|U32|F4|F6_|F8_)/;

/** What tells that a checkpoint is quantized already, for a message; undefined for a float one. */
export function findQuantization(
  tensors: Iterable<StoredTensor>,
  metadata: ReadonlyMap<string, string>,
  config: JsonObject | null,
): string | undefined {
  if (config !== null) {
    const found = findConfig(config);
    if (found !== undefined) return `its config.json has a ${found}`;
  }
  for (const key of [octetKey, quantizationConfigKey]) {
    if (metadata.has(key)) return `its __metadata__ has ${JSON.stringify(key)}`;
  }
  for (const { name, dtype, shape } of tensors) {
    if (quantizedName.test(name)) return `it has the tensor ${JSON.stringify(name)}`;
    const codes = shape.length === 2 && name.endsWith(".weight") && codeDType.test(dtype);
    if (codes) return `its tensor ${JSON.stringify(name)} is ${dtype}`;
  }
  return undefined;
}

/** Also in the parts of a model: a multimodal config.json keeps the text model's under `text_config`. */
function findConfig(config: JsonObject): string | undefined {
  for (const key of ["quantization_config", "compression_config"]) {
    if (config[key] !== undefined && config[key] !== null) return key;
  }
  for (const [key, part] of Object.entries(config)) {
    if (!key.endsWith("_config") || !isJsonObject(part)) continue;
    const found = findConfig(part);
    if (found !== undefined) return `${key} with a ${found}`;
  }
  return undefined;
}
