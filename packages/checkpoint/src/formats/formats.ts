import { formatValue, OctetError } from "@octet/core";
import type { CheckpointFormat } from "../options.ts";
import { compressedTensors } from "./compressed-tensors.ts";
import type { Format } from "./format.ts";
import { int8 } from "./int8.ts";

/** Every format that is written and read. A new one is an object in this list. */
export const formats: readonly Format[] = [compressedTensors, int8];

/** The format of this name. @throws OctetError `ERR_UNSUPPORTED` where there is none */
export function findFormat(name: CheckpointFormat): Format {
  const found = formats.find((format) => format.name === name);
  if (found !== undefined) return found;
  const names = formats.map((format) => format.name).join(" or ");
  throw new OctetError("ERR_UNSUPPORTED", `got the format ${formatValue(name)}; use ${names}`);
}
