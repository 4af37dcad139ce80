import { bitRange } from "@octet/core";
import { formatGranularity } from "@octet/core/names";
import type { QuantizationPlan } from "../select/quantization-plan.ts";

/** The key under which `__metadata__` says what Octet did to a file. */
export const octetKey = "octet";
/** The key under which `__metadata__` of a single file holds what config.json of a folder does. */
export const quantizationConfigKey = "quantization_config";
/** Of what stands under `octetKey`. A reader refuses other versions. */
export const octetVersion = 1;

/**
 * The `__metadata__` of an output file: the input's, with `format` "pt", which older transformers insist on, and what Octet did. The
 * convention says what a scale is: the largest magnitude that shares it divided by the largest code.
 */
export function createFileMetadata(
  input: ReadonlyMap<string, string>,
  { format, granularity, bits, quantizationConfig }: QuantizationPlan,
  inFolder: boolean,
): Map<string, string> {
  const metadata = new Map(input).set("format", "pt");
  if (quantizationConfig === null) return metadata;
  const convention = `absmax/${bitRange(bits).highest}`;
  const octet = { version: octetVersion, format, bits, granularity: formatGranularity(granularity), convention };
  metadata.set(octetKey, JSON.stringify(octet));
  if (!inFolder) metadata.set(quantizationConfigKey, JSON.stringify(quantizationConfig));
  return metadata;
}
