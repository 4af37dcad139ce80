import { allocateBytes, checkRange, type OwnedByteSource } from "./byte-source.ts";
import { OctetError } from "./errors.ts";

/** A source over bytes in memory. It does not copy them: change them and what is read changes. */
export function bytesSource(bytes: Uint8Array): OwnedByteSource {
  let closed = false;
  const close = async (): Promise<void> => {
    closed = true;
  };
  return {
    size: bytes.byteLength,
    async read(offset, length) {
      if (closed) throw new OctetError("ERR_DISPOSED", "the byte source is closed");
      checkRange(bytes.byteLength, offset, length);
      const copy = allocateBytes(length);
      copy.set(bytes.subarray(offset, offset + length));
      return copy;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
