import { type Granularity, OctetError } from "@octet/core";

/** "channel", "tensor" or "group:SIZE", as the command and the metadata of a file spell it. */
export function formatGranularity(granularity: Granularity): string {
  return granularity.kind === "group" ? `group:${granularity.size}` : granularity.kind;
}

/** The granularity of weights that a text names; "channel" is per output channel. @throws OctetError `ERR_UNSUPPORTED` */
export function parseGranularity(text: string): Granularity {
  if (text === "tensor") return { kind: "tensor" };
  if (text === "channel") return { kind: "channel", dim: 0 };
  const size = /^group:([1-9][0-9]{0,8})$/.exec(text)?.[1];
  if (size !== undefined) return { kind: "group", size: Number(size) };
  throw new OctetError(
    "ERR_UNSUPPORTED",
    `got the granularity ${JSON.stringify(text)}; use channel, tensor or group:SIZE`,
  );
}
