import { bitRange, type Granularity } from "@octet/core";
import { formatGranularity } from "./granularity-name.ts";
import type { JsonObject } from "./json.ts";
import type { CheckpointFormat } from "./options.ts";

/** The key under which `__metadata__` says what Octet did to a file. */
export const octetKey = "octet";
/** The key under which `__metadata__` of a single file holds what config.json of a folder does. */
export const quantizationConfigKey = "quantization_config";

/** The `__metadata__` of a quantized file: the input's, with `format` "pt", which older transformers insist on, and what Octet did. */
export function createFileMetadata(
  input: ReadonlyMap<string, string>,
  plan: { readonly format: CheckpointFormat; readonly granularity: Granularity; readonly bits: number },
  quantizationConfig: JsonObject | null,
): Map<string, string> {
  const metadata = new Map(input).set("format", "pt").set(octetKey, describePlan(plan));
  if (quantizationConfig !== null) metadata.set(quantizationConfigKey, JSON.stringify(quantizationConfig));
  return metadata;
}

/** The convention names what `scale` is: the group's largest magnitude divided by the largest code. */
function describePlan({
  format,
  granularity,
  bits,
}: {
  readonly format: CheckpointFormat;
  readonly granularity: Granularity;
  readonly bits: number;
}): string {
  const convention = `absmax/${bitRange(bits).highest}`;
  return JSON.stringify({ version: 1, format, bits, granularity: formatGranularity(granularity), convention });
}
