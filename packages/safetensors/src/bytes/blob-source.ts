import { OctetError, quote } from "../errors.ts";
import { checkRange, type OwnedByteSource } from "./byte-source.ts";

/**
 * A source over a Blob, for instance a File that the user chose in a browser. Only what is read is loaded. Reading
 * rejects with ERR_UNAVAILABLE when the platform cannot read the Blob any more, for instance because its file changed. Throws
 * ERR_UNSUPPORTED for what is not a Blob.
 */
export function blobSource(blob: Blob): OwnedByteSource {
  if (!(blob instanceof Blob))
    throw new OctetError("ERR_UNSUPPORTED", `${quote(blob)} is not a Blob; pass a Blob or a File`);
  let closed = false;
  const close = async (): Promise<void> => {
    closed = true;
  };
  return {
    size: blob.size,
    async read(offset, length) {
      if (closed) throw new OctetError("ERR_DISPOSED", "the blob source is closed");
      checkRange(blob.size, offset, length);
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (cause) {
        throw new OctetError("ERR_UNAVAILABLE", `cannot read ${length} bytes at offset ${offset} of the Blob`, {
          cause,
        });
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
