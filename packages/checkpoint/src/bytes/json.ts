import { OctetError } from "@octet/core";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** The object in `text`. `what` names the text in messages. @throws OctetError `ERR_FORMAT` for bad JSON and for anything but an object */
export function parseJsonObject(text: string, what: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new OctetError("ERR_FORMAT", `${what} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (!isJsonObject(value))
    throw new OctetError("ERR_FORMAT", `${what} holds ${describe(value)}; it must be an object`);
  return value;
}

/** Matches the delimiters of texts, and the three numbers that Python writes and JSON lacks. */
const escapeQuoteOrNonFinite = /\\.|"|-?\b(?:NaN|Infinity)\b/gs;

/**
 * The object in the text of a config.json, as Python reads it: NaN and infinities, which `parseJsonObject` refuses, are null. Mamba-2's
 * has `"time_step_limit": [0.0, Infinity]`.
 * @throws OctetError as `parseJsonObject` does
 */
export function parsePythonJsonObject(text: string, what: string): JsonObject {
  // A pattern for whole texts would overflow the engine's stack on long ones.
  let inText = false;
  const json = text.replace(escapeQuoteOrNonFinite, (match) => {
    if (match === '"') inText = !inText;
    else if (!inText && !match.startsWith("\\")) return "null";
    return match;
  });
  return parseJsonObject(json, what);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: JsonValue): string {
  return Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
}
