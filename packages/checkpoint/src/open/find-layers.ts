import { equalGranularities, OctetError } from "@octet/core";
import { inHostMemory } from "../bytes/host-memory.ts";
import type { StoredTensor, TensorContainer } from "../containers/tensor-container.ts";
import { findQuantization } from "../formats/already-quantized.ts";
import type { LayerParts, StoredLayer } from "../formats/format.ts";
import { formats } from "../formats/formats.ts";
import { readStatedScheme, type StatedScheme } from "../formats/read-scheme.ts";
import { readStoredLayer } from "../formats/stored-layer.ts";
import type { CheckpointHeader } from "../select/quantization-plan.ts";
import type { QuantizationInfo } from "./checkpoint.ts";

/** The quantized weights of a checkpoint, and the other tensors. */
export interface StoredLayers {
  /** null for a float checkpoint. */
  readonly quantization: QuantizationInfo | null;
  /** By module name, in the order of the file's codes. */
  readonly layers: ReadonlyMap<string, StoredLayer>;
  readonly others: readonly StoredTensor[];
}

/**
 * Tells a quantized checkpoint from a float one, whichever tool wrote it: by its config or metadata, else by the names of its tensors.
 * @throws OctetError `ERR_FORMAT` for quantized weights in a format that is not understood, and for layers with missing or odd parts
 */
export async function findStoredLayers(container: TensorContainer, header: CheckpointHeader): Promise<StoredLayers> {
  const stated = readStatedScheme(header);
  const found = findParts(header.tensors);
  const parts = new Set(found.flatMap(({ codes, scale, others }) => [codes, scale, ...others]));
  const others = [...header.tensors.values()].filter((info) => !parts.has(info));
  const unread = findQuantization(others, new Map(), null);
  if (unread !== undefined) {
    throw new OctetError("ERR_FORMAT", `the checkpoint is quantized in a format that is not understood: ${unread}`);
  }
  if (found.length === 0 && stated.stated) {
    throw new OctetError("ERR_FORMAT", "the checkpoint says that it is quantized, but has no codes; is it complete?");
  }
  const layers = await inHostMemory("the shapes of layers", () => {
    return Promise.all(found.map((layer) => readStoredLayer(container, layer, stated)));
  });
  return {
    quantization: layers.length === 0 ? null : summarize(layers, stated),
    layers: new Map(layers.map((layer) => [layer.name, layer])),
    others,
  };
}

/** In the order of the file, whatever the formats. */
function findParts(tensors: ReadonlyMap<string, StoredTensor>): LayerParts[] {
  return [...tensors.values()].flatMap((codes) => {
    for (const format of formats) {
      const parts = format.find(codes, tensors);
      if (parts !== undefined) return [parts];
    }
    return [];
  });
}

function summarize(layers: readonly StoredLayer[], { activations }: StatedScheme): QuantizationInfo {
  const [{ bits, granularity, parts }] = layers;
  return {
    format: parts.format.name,
    bits: layers.every((layer) => layer.bits === bits) ? bits : null,
    granularity: layers.every((layer) => equalGranularities(layer.granularity, granularity)) ? granularity : null,
    activations,
  };
}
