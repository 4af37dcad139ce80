import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";

export function isBits(bits: number): boolean {
  return Number.isInteger(bits) && bits >= 2 && bits <= 8;
}

/** The codes of a bit width: lowest -2^(bits-1), highest `qmax` = 2^(bits-1) - 1. @throws OctetError `ERR_UNSUPPORTED` */
export function bitRange(bits: number): { lowest: number; highest: number } {
  if (!isBits(bits)) {
    throw new OctetError("ERR_UNSUPPORTED", `got bits ${formatValue(bits)}; codes of 2 to 8 bits are supported`);
  }
  return { lowest: -(2 ** (bits - 1)), highest: 2 ** (bits - 1) - 1 };
}
