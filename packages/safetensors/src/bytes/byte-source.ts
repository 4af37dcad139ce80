import { OctetError, quote } from "../errors.ts";
import { isBytes } from "./check-bytes.ts";

/**
 * Random access to bytes that do not change: a file, a Blob, a resource on a server. The reader is written against this,
 * so anything that can fill it in can hold a checkpoint.
 *
 * An implementation is responsible for giving exactly the bytes asked for, in memory that it never touches again, and for
 * allowing several reads at once. It is not responsible for alignment or caching. The reader never asks for bytes beyond
 * `size`.
 */
export interface ByteSource {
  /** In bytes; constant. */
  readonly size: number;
  /** The bytes [offset, offset + length). Rejects if they are not all there; the sources of this package with ERR_FORMAT. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * (optional) Fills `target` with the bytes from `offset` on, so that a reader can go through a file in one buffer.
   * Rejects as `read` does. Without it the reader calls `read` and copies.
   */
  readInto?(offset: number, target: Uint8Array): Promise<void>;
  /** Gives back what the source holds; idempotent. */
  close(): Promise<void>;
}

/** A source of this package: `await using` closes it, and reading after that is ERR_DISPOSED. */
export interface OwnedByteSource extends ByteSource, AsyncDisposable {
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Throws ERR_FORMAT unless [offset, offset + length) lies inside `size` bytes. */
export function checkRange(size: number, offset: number, length: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!whole || offset > size - length) {
    throw new OctetError(
      "ERR_FORMAT",
      `${quote(length)} bytes at offset ${quote(offset)} do not lie inside the ${size} bytes there are`,
    );
  }
}

/** Throws ERR_UNSUPPORTED for what is not a byte source, for instance a promise of one. */
export function checkSource(source: ByteSource): void {
  const { size, read, close } = Object(source) as Partial<ByteSource>;
  if (typeof size === "number" && typeof read === "function" && typeof close === "function") return;
  const advice = "pass what fileSource, blobSource, bytesSource or httpSource gives, awaited";
  throw new OctetError("ERR_UNSUPPORTED", `${quote(source)} is not a byte source with size, read and close; ${advice}`);
}

/** Zeroed bytes, or ERR_OUT_OF_MEMORY where the platform cannot give that many at once. */
export function allocateBytes(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new OctetError("ERR_OUT_OF_MEMORY", `cannot allocate ${length} bytes at once; read the tensor in ranges`, {
      cause,
    });
  }
}

/** Reads through any source, and makes sure that the result is exactly as long as asked and alone in its buffer. */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readChecked(source, offset, length);
  const alone = bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === length;
  return alone ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** Fills `target` through any source. */
export async function readExactlyInto(source: ByteSource, offset: number, target: Uint8Array): Promise<void> {
  if (source.readInto !== undefined) await source.readInto(offset, target);
  else target.set(await readChecked(source, offset, target.byteLength));
}

async function readChecked(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes: unknown = await source.read(offset, length);
  if (isBytes(bytes) && bytes.byteLength === length) return bytes;
  const got = isBytes(bytes) ? `${bytes.byteLength} of ${length} bytes` : `${quote(bytes)}, wanted ${length} bytes,`;
  throw new OctetError("ERR_FORMAT", `the byte source gave ${got} at offset ${offset}`);
}
