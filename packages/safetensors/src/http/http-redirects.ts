import { OctetError } from "../errors.ts";
import { parseAddress, placeOf } from "./http-address.ts";
import type { HttpSettings } from "./http-options.ts";

/** As many as `fetch` follows. */
const MOST_REDIRECTS = 20;

/**
 * Sends a GET request and follows redirects, by itself where it has headers of the caller. The caller's headers never reach another origin than that of `address`: `fetch` would take
 * along all but `Authorization`. `own` are headers of the request itself.
 *
 * A browser does not say where a redirect leads. There `fetch` follows it, unless headers would go along: then this is ERR_UNSUPPORTED.
 */
export async function sendRequest(
  { fetch, headers: callers }: Pick<HttpSettings, "fetch" | "headers">,
  address: URL,
  own: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const redirect = [...callers].length === 0 ? "follow" : "manual";
  let target = address;
  let headers = mergeHeaders(callers, own);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await fetch(target.href, { headers, signal, redirect });
    if (response.type === "opaqueredirect") {
      checkDropped(callers, placeOf(address));
      return fetch(target.href, { headers, signal });
    }
    const location = isRedirect(response.status) ? response.headers.get("Location") : null;
    if (location === null) return response;
    await response.body?.cancel().catch(() => undefined); // its connection is free for the next request
    target = resolveRedirect(location, target, placeOf(address));
    if (target.origin !== address.origin) headers = mergeHeaders(new Headers(), own); // for good: a way back is not trusted
  }
  throw new OctetError("ERR_UNAVAILABLE", `${placeOf(address)} redirects more than ${MOST_REDIRECTS} times`);
}

function mergeHeaders(callers: Headers, own: Readonly<Record<string, string>>): Headers {
  const headers = new Headers(callers);
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return headers;
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function resolveRedirect(location: string, from: URL, place: string): URL {
  try {
    return parseAddress(new URL(location, from));
  } catch {
    throw new OctetError("ERR_UNAVAILABLE", `${place} redirects to what is not an http address without a user`);
  }
}

/** `Authorization` is the one header of the caller that a browser's `fetch` drops when a redirect leads to another origin. */
function checkDropped(callers: Headers, place: string): void {
  const kept = [...callers.keys()].find((name) => name !== "authorization");
  if (kept === undefined) return;
  const advice = "pass the address that it redirects to, or no header but Authorization";
  throw new OctetError(
    "ERR_UNSUPPORTED",
    `${place} redirects, and a browser would send the header ${kept} along; ${advice}`,
  );
}
