import { equalGranularities, OctetError } from "@octet/core";
import type { SafetensorsReader, TensorInfo } from "@octet/safetensors";
import { findQuantization } from "./already-quantized.ts";
import type { QuantizationInfo } from "./checkpoint.ts";
import { inHostMemory } from "./host-memory.ts";
import type { CheckpointHeader } from "./quantization-plan.ts";
import { readStatedScheme, type StatedScheme } from "./read-scheme.ts";
import { type LayerParts, readStoredLayer, type StoredLayer } from "./stored-layer.ts";

/** The quantized weights of a checkpoint, and the tensors that are no part of one. */
export interface StoredLayers {
  /** null for a float checkpoint. */
  readonly quantization: QuantizationInfo | null;
  /** By module name, in the order of the file's codes. */
  readonly layers: ReadonlyMap<string, StoredLayer>;
  readonly others: readonly TensorInfo[];
}

/**
 * Tells a quantized checkpoint from a float one, whichever tool wrote it: by its config or metadata, else by the names of its tensors.
 * @throws OctetError `ERR_FORMAT` for quantized weights in a format that is not understood, and for layers with missing or odd parts
 */
export async function findStoredLayers(reader: SafetensorsReader, header: CheckpointHeader): Promise<StoredLayers> {
  const stated = readStatedScheme(header);
  const found = findParts(header.tensors);
  const parts = new Set(found.flatMap(({ codes, scale, shape }) => [codes, scale, shape]));
  const others = [...header.tensors.values()].filter((info) => !parts.has(info));
  const unread = findQuantization(others, new Map(), null);
  if (unread !== undefined) {
    throw new OctetError("ERR_FORMAT", `the checkpoint is quantized in a format that is not understood: ${unread}`);
  }
  if (found.length === 0 && stated.stated) {
    throw new OctetError("ERR_FORMAT", "the checkpoint says that it is quantized, but has no codes; is it complete?");
  }
  const layers = await inHostMemory("the shapes of layers", () => {
    return Promise.all(found.map((layer) => readStoredLayer(reader, layer, stated)));
  });
  return {
    quantization: layers.length === 0 ? null : summarize(layers, stated),
    layers: new Map(layers.map((layer) => [layer.name, layer])),
    others,
  };
}

function findParts(tensors: ReadonlyMap<string, TensorInfo>): LayerParts[] {
  const found: LayerParts[] = [];
  for (const codes of tensors.values()) {
    const packed = codes.name.endsWith(".weight_packed");
    const plain = codes.name.endsWith(".weight") && codes.dtype === "I8" && codes.shape.length === 2;
    if (!packed && !plain) continue;
    const name = codes.name.slice(0, codes.name.lastIndexOf("."));
    const find = (suffix: string): TensorInfo => {
      const part = tensors.get(`${name}.${suffix}`);
      if (part !== undefined) return part;
      const problem = `has codes, ${codes.name}, but no ${name}.${suffix}`;
      throw new OctetError("ERR_FORMAT", `layer ${JSON.stringify(name)} ${problem}`);
    };
    if (packed && tensors.has(`${name}.weight`)) {
      throw new OctetError("ERR_FORMAT", `layer ${JSON.stringify(name)} has both ${codes.name} and ${name}.weight`);
    }
    found.push({ name, codes, scale: find("weight_scale"), shape: packed ? find("weight_shape") : undefined });
  }
  return found;
}

function summarize(layers: readonly StoredLayer[], { activations }: StatedScheme): QuantizationInfo {
  const [{ bits, granularity, parts }] = layers;
  return {
    format: parts.shape === undefined ? "int8" : "compressed-tensors",
    bits: layers.every((layer) => layer.bits === bits) ? bits : null,
    granularity: layers.every((layer) => equalGranularities(layer.granularity, granularity)) ? granularity : null,
    activations,
  };
}
