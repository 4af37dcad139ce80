import { OctetError } from "../errors.ts";
import { allocateBytes, checkRange, type OwnedByteSource } from "./byte-source.ts";
import { checkBytes } from "./check-bytes.ts";

/** A source over bytes in memory. It does not copy them: later changes of the bytes are read, too. Throws ERR_DTYPE for anything but a Uint8Array. */
export function bytesSource(bytes: Uint8Array): OwnedByteSource {
  checkBytes("the byte source", bytes);
  let closed = false;
  const readInto = async (offset: number, target: Uint8Array): Promise<void> => {
    if (closed) throw new OctetError("ERR_DISPOSED", "the byte source is closed");
    checkBytes("the target", target);
    checkRange(bytes.byteLength, offset, target.byteLength);
    target.set(bytes.subarray(offset, offset + target.byteLength));
  };
  const close = async (): Promise<void> => {
    closed = true;
  };
  return {
    size: bytes.byteLength,
    async read(offset, length) {
      checkRange(bytes.byteLength, offset, length);
      const copy = allocateBytes(length);
      await readInto(offset, copy);
      return copy;
    },
    readInto,
    close,
    [Symbol.asyncDispose]: close,
  };
}
