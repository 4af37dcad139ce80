import { type FloatDType, type HostTensor, hostTensor, widen } from "@octet/core";

/**
 * Bytes out of a file, alone in their buffer, as a tensor. Nothing is copied: a file is little-endian, and so is every platform that runs
 * this.
 */
export function floatTensor(
  dtype: FloatDType,
  shape: readonly number[],
  { buffer }: Uint8Array<ArrayBuffer>,
): HostTensor<FloatDType> {
  return hostTensor(dtype, shape, dtype === "float32" ? new Float32Array(buffer) : new Uint16Array(buffer));
}

/** The elements as float32. */
export function floatValues(dtype: FloatDType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  const data = dtype === "float32" ? new Float32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
  return widen(hostTensor(dtype, [data.length], data));
}
