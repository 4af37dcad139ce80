import { OctetError } from "@octet/core";
import { isJsonObject, type JsonObject, parseJsonObject } from "../bytes/json.ts";
import type { QuantizationInfo } from "../open/checkpoint.ts";
import type { CheckpointHeader } from "../select/quantization-plan.ts";
import { octetKey, octetVersion, quantizationConfigKey } from "./file-metadata.ts";
import { readQuantizationConfig } from "./read-quantization-config.ts";

/** What a checkpoint says of its quantization, apart from its tensors. Empty lists where it says nothing. */
export interface StatedScheme {
  /** Whether a config or metadata say that it is quantized. */
  readonly stated: boolean;
  readonly bits: readonly number[];
  readonly groupSizes: readonly number[];
  readonly activations: QuantizationInfo["activations"];
}

/**
 * Looks where tools write it: config.json (`quantization_config`, formerly `compression_config`), `__metadata__` under the same name, and
 * what Octet leaves in `__metadata__`.
 * @throws OctetError `ERR_FORMAT` for a scheme that is not understood
 */
export function readStatedScheme({ config, metadata }: Pick<CheckpointHeader, "config" | "metadata">): StatedScheme {
  const octetBits = readOctetBits(metadata.get(octetKey));
  const quantizationConfig = findQuantizationConfig(config, metadata);
  if (quantizationConfig !== undefined) return { stated: true, ...readQuantizationConfig(quantizationConfig) };
  return {
    stated: octetBits !== undefined,
    bits: octetBits === undefined ? [] : [octetBits],
    groupSizes: [],
    activations: "float",
  };
}

function findQuantizationConfig(
  config: JsonObject | null,
  metadata: ReadonlyMap<string, string>,
): JsonObject | undefined {
  for (const part of [config, config?.text_config]) {
    if (!isJsonObject(part)) continue;
    const found = part[quantizationConfigKey] ?? part.compression_config;
    if (isJsonObject(found)) return found;
  }
  const text = metadata.get(quantizationConfigKey);
  return text === undefined ? undefined : parseJsonObject(text, `__metadata__.${quantizationConfigKey}`);
}

function readOctetBits(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { version, bits } = parseJsonObject(text, `__metadata__.${octetKey}`);
  if (version !== octetVersion) {
    throw new OctetError(
      "ERR_FORMAT",
      `the file is of version ${JSON.stringify(version)} of Octet's metadata, this is ${octetVersion}; update @octet/checkpoint`,
    );
  }
  if (typeof bits === "number") return bits;
  throw new OctetError("ERR_FORMAT", `__metadata__.${octetKey} says bits ${JSON.stringify(bits)}; it must be a number`);
}
