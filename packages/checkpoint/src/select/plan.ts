import { bitRange, type Granularity, OctetError } from "@octet/core";
import { normalizeWeightGranularity } from "@octet/core/names";
import { dtypeName } from "../bytes/dtype.ts";
import { findQuantization } from "../formats/already-quantized.ts";
import type { Format } from "../formats/format.ts";
import { findFormat } from "../formats/formats.ts";
import { layerByteLength } from "../formats/layer-tensors.ts";
import type { PlanOptions } from "../options.ts";
import { validateHeader, validatePlanOptions } from "../validate.ts";
import { isEmbeddingName } from "./module-kind.ts";
import type { CheckpointHeader, PlannedLayer, QuantizationPlan } from "./quantization-plan.ts";
import { type SelectedTensor, selectTensors } from "./select-tensors.ts";

/**
 * Decides what happens to each tensor of a checkpoint, and makes every check that needs no data, so that nothing is written before.
 *
 * A layer is a 2-D tensor `P.weight` of float32, float16 or bfloat16 that no skip pattern matches and, where there are any, an `only`
 * pattern does. Left in float beyond that, with a warning: GPT-2's Conv1D, which is stored transposed, and, as long as the default skip
 * list is in force, embeddings with names that the list does not know.
 *
 * @throws OctetError `ERR_UNSUPPORTED` when the format cannot hold this granularity or these bits, when the checkpoint is quantized
 * already, when nothing is left to quantize, and for options and
 * headers that are none; `ERR_SHAPE`, naming the layer, when the group size does not divide its inFeatures
 */
export function planQuantization(header: CheckpointHeader, options: PlanOptions = {}): QuantizationPlan {
  validateHeader(header);
  validatePlanOptions(options);
  return createPlan(header, options);
}

/** The same for a header and options that are checked; other options may be among them. */
export function createPlan(header: CheckpointHeader, options: PlanOptions): QuantizationPlan {
  const { format: name = "compressed-tensors", granularity: wanted = { kind: "channel", dim: 0 }, bits = 8 } = options;
  bitRange(bits);
  const format = findFormat(name);
  const granularity = checkScheme(format, wanted, bits);
  const found = findQuantization(header.tensors.values(), header.metadata, header.config);
  if (found !== undefined) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the checkpoint is quantized already: ${found}; start from the float original`,
    );
  }
  const { selected, kept, ignore, warnings } = selectTensors(header, options);
  checkGroups(granularity, selected);
  const layers = selected.map((tensor) => planLayer(tensor, format, granularity, bits));
  const targets = ["Linear", ...layers.map((layer) => layer.name).filter(isEmbeddingName)];
  return {
    format: name,
    granularity,
    bits,
    layers,
    kept,
    warnings: [...warnings, ...format.loaderWarnings(layers, ignore, bits)],
    quantizationConfig: layers.length === 0 ? null : format.config({ granularity, bits }, targets, ignore),
  };
}

function planLayer(
  { info, module, dtype }: SelectedTensor,
  format: Format,
  granularity: Granularity,
  bits: number,
): PlannedLayer {
  const tensors = format.tensors(module, info.shape, granularity, bits);
  return {
    name: module,
    weight: info.name,
    dtype,
    shape: info.shape,
    tensors,
    bytesBefore: info.byteLength,
    bytesAfter: layerByteLength(tensors),
  };
}

/** The granularity with its `dim` counted from the front, once format, granularity and bits are known to go together. */
function checkScheme(format: Format, granularity: Granularity, bits: number): Granularity {
  const normalized = normalizeWeightGranularity(granularity);
  if (normalized.kind === "channel" && normalized.dim !== 0) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got dim ${normalized.dim}; files hold one scale per output channel, dim 0`,
    );
  }
  format.check(normalized, bits);
  return normalized;
}

function checkGroups(granularity: Granularity, selected: readonly SelectedTensor[]): void {
  if (granularity.kind !== "group") return;
  const { size } = granularity;
  const bad = selected.filter(({ info }) => info.shape[1] % size !== 0);
  if (bad.length === 0) return;
  const [{ module, info }] = bad;
  const more = bad.length > 1 ? `, nor those of ${bad.length - 1} more` : "";
  throw new OctetError(
    "ERR_SHAPE",
    `group size ${size} does not divide the ${info.shape[1]} inFeatures of layer ${JSON.stringify(module)} (${dtypeName(info.dtype)} [${info.shape.join(", ")}])${more}; choose a divisor, or skip what it does not divide`,
  );
}
