import { bitRange, formatValue, type Granularity, OctetError } from "@octet/core";
import { formatGranularity, normalizeWeightGranularity } from "@octet/core/names";
import { findQuantization } from "./already-quantized.ts";
import { dtypeName } from "./dtype.ts";
import { layerByteLength, layerTensors } from "./layer-tensors.ts";
import { findLoaderWarnings } from "./loader-warnings.ts";
import { isEmbeddingName } from "./module-kind.ts";
import type { CheckpointFormat, PlanOptions } from "./options.ts";
import { createQuantizationConfig } from "./quantization-config.ts";
import type { CheckpointHeader, PlannedLayer, QuantizationPlan } from "./quantization-plan.ts";
import { type SelectedTensor, selectTensors } from "./select-tensors.ts";
import { validateHeader, validatePlanOptions } from "./validate.ts";

/**
 * Decides what happens to each tensor of a checkpoint, and makes every check that needs no data, so that nothing is written before.
 *
 * A layer is a 2-D tensor `P.weight` of float32, float16 or bfloat16 that no skip pattern matches and, where there are any, an `only`
 * pattern does. Left in float beyond that, with a warning: GPT-2's Conv1D, which is stored transposed, and, as long as the default skip
 * list is in force, embeddings that go by names the list does not know.
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
  const { format = "compressed-tensors", granularity = { kind: "channel", dim: 0 }, bits = 8 } = options;
  const scheme = { format, granularity: checkScheme(format, granularity, bits), bits };
  const found = findQuantization(header.tensors.values(), header.metadata, header.config);
  if (found !== undefined) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the checkpoint is quantized already: ${found}; start from the float original`,
    );
  }
  const { selected, kept, ignore, warnings } = selectTensors(header, options);
  checkGroups(scheme.granularity, selected);
  const layers = selected.map((tensor) => planLayer(tensor, scheme));
  return {
    ...scheme,
    layers,
    kept,
    warnings: [...warnings, ...(format === "compressed-tensors" ? findLoaderWarnings(layers, ignore, bits) : [])],
    quantizationConfig:
      layers.length === 0
        ? null
        : createQuantizationConfig({
            ...scheme,
            targets: ["Linear", ...layers.map(({ name }) => name).filter(isEmbeddingName)],
            ignore,
          }),
  };
}

function planLayer(
  { info, module, dtype }: SelectedTensor,
  { format, granularity, bits }: { format: CheckpointFormat; granularity: Granularity; bits: number },
): PlannedLayer {
  const tensors = layerTensors(format, module, info.shape, granularity, bits);
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
function checkScheme(format: CheckpointFormat, granularity: Granularity, bits: number): Granularity {
  bitRange(bits);
  if (format !== "compressed-tensors" && format !== "int8") {
    throw new OctetError("ERR_UNSUPPORTED", `got the format ${formatValue(format)}; use compressed-tensors or int8`);
  }
  const normalized = normalizeWeightGranularity(granularity);
  if (normalized.kind === "channel" && normalized.dim !== 0) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got dim ${normalized.dim}; files hold one scale per output channel, dim 0`,
    );
  }
  if (format === "int8") return normalized;
  if (normalized.kind === "tensor" || (bits !== 4 && bits !== 8)) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `compressed-tensors holds channels or groups of 4 or 8 bits; ${formatGranularity(normalized)} with ${bits} bits needs --format int8`,
    );
  }
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
