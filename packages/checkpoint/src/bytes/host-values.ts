import { bytesPerElement, type FloatDType, type HostTensor, hostTensor, widen } from "@octet/core";

/** Bytes out of a file as a tensor. Nothing is copied: a file is little-endian, and so is every platform that runs this. */
export function floatTensor(
  dtype: FloatDType,
  shape: readonly number[],
  { buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>,
): HostTensor<FloatDType> {
  if (dtype === "float32") return hostTensor(dtype, shape, new Float32Array(buffer, byteOffset, byteLength / 4));
  return hostTensor(dtype, shape, new Uint16Array(buffer, byteOffset, byteLength / 2));
}

/** The elements as float32: in the same memory if that is what they are, else in fresh memory. */
export function floatValues(dtype: FloatDType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  return widen(floatTensor(dtype, [bytes.byteLength / bytesPerElement[dtype]], bytes));
}
