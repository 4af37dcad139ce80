import { allocateBytes, checkRange, type OwnedByteSource } from "../bytes/byte-source.ts";
import { OctetError } from "../errors.ts";
import { parseAddress } from "./http-address.ts";
import type { HttpAttempt } from "./http-attempt.ts";
import { HttpClient } from "./http-client.ts";
import { type HttpOptions, type HttpSettings, readHttpOptions } from "./http-options.ts";
import { readContentRange } from "./http-range.ts";
import { SMALL_READ, SmallReads } from "./small-reads.ts";

/**
 * A source over a resource of an HTTP server, read with range requests: one now, for the size, and one for each `read`, at most 6 at
 * once. Small reads that lie close together share a request. Requests that fail for a passing reason (a lost connection, silence, 429,
 * 5xx) are made again, with growing waits between them.
 *
 * Rejects with ERR_UNAVAILABLE when the server cannot be reached, HttpStatusError (ERR_UNAVAILABLE with the status) when it answers with
 * an error, ERR_UNSUPPORTED when it does not serve ranges, and ERR_FORMAT when it sends other bytes than asked for or the resource
 * changed since it was opened (another size, ETag or date). ERR_UNSUPPORTED is also what is not an http address or an option. Across
 * origins, the server must expose `Content-Range` (and should expose `ETag`) in `Access-Control-Expose-Headers`.
 */
export async function httpSource(url: string | URL, options: HttpOptions = {}): Promise<OwnedByteSource> {
  return openHttpSource(parseAddress(url), readHttpOptions(options));
}

/** The same for an address and options that are checked. */
export async function openHttpSource(address: URL, settings: HttpSettings): Promise<OwnedByteSource> {
  const client = new HttpClient(address, settings);
  const { place } = client;
  const probe = client.request(0, 0, async (response) => readContentRange(response, place, 0, 0, null));
  const opened = await probe.catch((error: unknown) => {
    client.close();
    throw error;
  });

  const fetchBytes = (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const last = offset + length - 1;
    return client.request(offset, last, async (response, attempt) => {
      readContentRange(response, place, offset, last, opened);
      return readBody(response, length, place, attempt);
    });
  };
  const small = new SmallReads(opened.size, fetchBytes);
  const close = async (): Promise<void> => client.close();
  return {
    size: opened.size,
    async read(offset, length) {
      client.throwIfEnded();
      checkRange(opened.size, offset, length);
      if (length === 0) return new Uint8Array(0);
      return length <= SMALL_READ ? small.read(offset, length) : fetchBytes(offset, length);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readBody(
  response: Response,
  length: number,
  place: string,
  attempt: HttpAttempt,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocateBytes(length);
  const reader = response.body?.getReader();
  const next = () => attempt.race(Promise.resolve(reader?.read()));
  let filled = 0;
  for (let part = await next(); part?.value !== undefined; part = await next()) {
    if (filled + part.value.byteLength > length) {
      throw new OctetError("ERR_FORMAT", `${place} sent more than the ${length} bytes asked for`);
    }
    bytes.set(part.value, filled);
    filled += part.value.byteLength;
  }
  if (filled < length) throw new OctetError("ERR_FORMAT", `${place} sent ${filled} of the ${length} bytes asked for`);
  return bytes;
}
