import { allocateBytes, checkRange, type OwnedByteSource } from "./byte-source.ts";
import { OctetError } from "./errors.ts";
import { checkUnchanged, type HttpRange, readContentRange } from "./http-range.ts";

export interface HttpSourceOptions {
  /** Makes the requests instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Sent with each request, for instance an authorization. */
  readonly headers?: HeadersInit;
}

/**
 * A source over a resource of an HTTP server, read with range requests: one now, for the size, and one for each `read`.
 *
 * Rejects with ERR_UNAVAILABLE when the server cannot be reached or answers with an error, ERR_UNSUPPORTED when it does
 * not serve ranges, and ERR_FORMAT when it sends other bytes than asked for or the resource changed since it was opened
 * (another size, ETag or date). Across origins, the server must expose `Content-Range` (and should expose `ETag`) in
 * `Access-Control-Expose-Headers`.
 */
export async function httpSource(url: string | URL, options: HttpSourceOptions = {}): Promise<OwnedByteSource> {
  const address = new URL(url, globalThis.location?.href);
  const place = `${address.origin}${address.pathname}`; // without the query, which may hold a secret
  const send = options.fetch ?? globalThis.fetch;
  const aborter = new AbortController();

  const request = async (first: number, last: number): Promise<Response> => {
    const headers = new Headers(options.headers);
    headers.set("Range", `bytes=${first}-${last}`);
    headers.set("Accept-Encoding", "identity"); // a compressed answer counts other bytes
    try {
      return await send(address.href, { headers, signal: aborter.signal });
    } catch (cause) {
      throw unavailable(place, aborter, cause);
    }
  };

  const probe = await request(0, 0);
  const opened = await withoutBody(probe, () => readContentRange(probe, place, 0, 0));

  const read = async (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    if (aborter.signal.aborted) throw new OctetError("ERR_DISPOSED", `the source of ${place} is closed`);
    checkRange(opened.size, offset, length);
    if (length === 0) return new Uint8Array(0);
    const response = await request(offset, offset + length - 1);
    try {
      checkUnchanged(opened, readContentRange(response, place, offset, offset + length - 1), place);
    } catch (error) {
      await response.body?.cancel().catch(() => undefined);
      throw error;
    }
    try {
      return await readBody(response, length, place);
    } catch (cause) {
      throw OctetError.isInstance(cause) ? cause : unavailable(place, aborter, cause);
    }
  };
  const close = async (): Promise<void> => aborter.abort();
  return { size: opened.size, read, close, [Symbol.asyncDispose]: close };
}

/** Drops the body, so that its connection is free for the next request, and returns or throws what `inspect` does. */
async function withoutBody(response: Response, inspect: () => HttpRange): Promise<HttpRange> {
  try {
    return inspect();
  } finally {
    await response.body?.cancel().catch(() => undefined);
  }
}

async function readBody(response: Response, length: number, place: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocateBytes(length);
  const reader = response.body?.getReader();
  let filled = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    if (filled + part.value.byteLength > length) {
      await reader?.cancel().catch(() => undefined);
      throw new OctetError("ERR_FORMAT", `${place} sent more than the ${length} bytes asked for`);
    }
    bytes.set(part.value, filled);
    filled += part.value.byteLength;
  }
  if (filled < length) throw new OctetError("ERR_FORMAT", `${place} sent ${filled} of the ${length} bytes asked for`);
  return bytes;
}

function unavailable(place: string, aborter: AbortController, cause: unknown): OctetError {
  if (aborter.signal.aborted)
    return new OctetError("ERR_DISPOSED", `the source of ${place} was closed during a read`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OctetError("ERR_UNAVAILABLE", `cannot read ${place}: ${reason}`, { cause });
}
