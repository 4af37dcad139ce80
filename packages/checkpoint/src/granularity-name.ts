import { formatValue, type Granularity, normalizeGranularity, OctetError } from "@octet/core";

const kinds: readonly string[] = ["tensor", "channel", "group"];

/**
 * The granularity with its `dim` counted from the front, where only the granularity itself is in question and no weight.
 * @throws OctetError `ERR_UNSUPPORTED` for another kind, `ERR_SHAPE` for a group size or `dim` that no weight has
 */
export function checkGranularity(granularity: Granularity): Granularity {
  if (!kinds.includes(granularity?.kind)) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got the granularity ${formatValue(granularity)}; its kind is tensor, channel or group`,
    );
  }
  // Against a weight that any group size divides.
  return normalizeGranularity(granularity, [1, granularity.kind === "group" ? granularity.size : 1]);
}

/** "channel", "tensor" or "group:SIZE", as the command and the metadata of a file spell it. @throws OctetError as `checkGranularity` does */
export function formatGranularity(granularity: Granularity): string {
  const checked = checkGranularity(granularity);
  return checked.kind === "group" ? `group:${checked.size}` : checked.kind;
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
