import { type FloatDType, type HostTensor, hostTensor, widen } from "@octet/core";

/**
 * Bytes out of a file, alone in their buffer, as a matrix of so many rows. Nothing is copied: a file is little-endian, and so is every
 * platform that runs this.
 */
export function floatRows(dtype: FloatDType, rows: number, bytes: Uint8Array<ArrayBuffer>): HostTensor<FloatDType> {
  const data = dtype === "float32" ? new Float32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
  return hostTensor(dtype, [rows, data.length / rows], data);
}

/** The elements as float32. */
export function floatValues(dtype: FloatDType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  return widen(floatRows(dtype, 1, bytes));
}
