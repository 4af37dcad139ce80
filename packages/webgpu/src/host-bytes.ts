import { allocate } from "@octet/core";

/** Zeroes in the host's memory. @throws OctetError `ERR_OUT_OF_MEMORY` */
export function hostBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(allocate("int8", length).buffer as ArrayBuffer);
}
