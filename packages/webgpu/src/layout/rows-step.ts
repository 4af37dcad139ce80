import { OctetError } from "@octet/core";

/** Rows of `rowBytes` that fit a binding, a multiple of `unit`. @throws OctetError `ERR_OUT_OF_MEMORY` where not even one fits */
export function rowsStep(maxBytes: number, rowBytes: number, unit: number, what: string): number {
  const step = Math.floor(maxBytes / Math.max(rowBytes, 1) / unit) * unit;
  if (step > 0) return step;
  throw new OctetError(
    "ERR_OUT_OF_MEMORY",
    `${what} takes ${rowBytes} bytes and the device binds ${maxBytes} at once; split it`,
  );
}
