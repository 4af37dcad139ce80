import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { type Granularity, normalizeGranularity } from "../tensors/granularity.ts";

/**
 * The granularity with its `dim` counted from the front, where only the granularity itself is in question and no weight.
 * @throws OctetError `ERR_UNSUPPORTED` for another kind, `ERR_SHAPE` for a group size or `dim` that no weight `[n, k]` has
 */
export function normalizeWeightGranularity(granularity: Granularity): Granularity {
  // Every group size divides 0.
  return normalizeGranularity(granularity, [1, 0]);
}

/**
 * "channel", "tensor" or "group:SIZE", as the command, printed models and the metadata of a file spell it.
 * @throws OctetError as `normalizeWeightGranularity` does
 */
export function formatGranularity(granularity: Granularity): string {
  const normalized = normalizeWeightGranularity(granularity);
  return normalized.kind === "group" ? `group:${normalized.size}` : normalized.kind;
}

/** The granularity of weights that a text names; "channel" is per output channel. @throws OctetError `ERR_UNSUPPORTED` */
export function parseGranularity(text: string): Granularity {
  if (text === "tensor") return { kind: "tensor" };
  if (text === "channel") return { kind: "channel", dim: 0 };
  const size = typeof text !== "string" ? undefined : /^group:([1-9][0-9]{0,8})$/.exec(text)?.[1];
  if (size !== undefined) return { kind: "group", size: Number(size) };
  throw new OctetError(
    "ERR_UNSUPPORTED",
    `got the granularity ${formatValue(text)}; use channel, tensor or group:SIZE`,
  );
}
