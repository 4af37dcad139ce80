import { OctetError, quote } from "../errors.ts";
import { RequestGate } from "./request-gate.ts";

export interface HttpOptions {
  /** Makes the requests instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Sent with each request to this origin, for instance an authorization; never to another one that a redirect leads to. */
  readonly headers?: HeadersInit;
  /** Ends all requests: those under way, and later ones, reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How long the server may send nothing, in ms, before a request counts as failed; default 30,000. */
  readonly timeout?: number;
  /** How often a request that failed is made again, at most; default 3. */
  readonly retries?: number;
}

/** Options that are checked, and the gate that requests with them pass. */
export interface HttpSettings {
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly retries: number;
  readonly gate: RequestGate;
}

/** As many as a browser makes to one server. */
const REQUESTS_AT_ONCE = 6;
const LONGEST_TIMEOUT = 2 ** 31 - 1; // a timer takes no more
const names: ReadonlySet<string> = new Set(["fetch", "headers", "signal", "timeout", "retries"]);

/** Throws ERR_UNSUPPORTED for an option that does not exist, or a value that it cannot have. */
export function readHttpOptions(options: HttpOptions): HttpSettings {
  if (typeof options !== "object" || options === null) refuse(`the options are ${quote(options)}; pass an object`);
  const unknown = Object.keys(options).find((name) => !names.has(name));
  if (unknown !== undefined) refuse(`there is no option ${quote(unknown)}; there are ${[...names].join(", ")}`);
  const { fetch = globalThis.fetch, signal, timeout = 30_000, retries = 3 } = options;
  if (typeof fetch !== "function") refuse(`the option fetch is ${quote(fetch)}; pass a function like the global fetch`);
  if (signal !== undefined && !isSignal(signal)) refuse(`the option signal is ${quote(signal)}; pass an AbortSignal`);
  if (!(typeof timeout === "number" && timeout > 0 && timeout <= LONGEST_TIMEOUT)) {
    refuse(`the option timeout is ${quote(timeout)}; pass milliseconds above 0, up to ${LONGEST_TIMEOUT}`);
  }
  if (!Number.isSafeInteger(retries) || retries < 0) {
    refuse(`the option retries is ${quote(retries)}; pass a whole number of 0 or more`);
  }
  return {
    fetch,
    headers: readHeaders(options.headers),
    signal,
    timeout,
    retries,
    gate: new RequestGate(REQUESTS_AT_ONCE),
  };
}

function readHeaders(headers: HeadersInit | undefined): Headers {
  try {
    return new Headers(headers);
  } catch {
    // The platform's error repeats the value, which may be a secret.
    return refuse("the option headers holds a name or a value that HTTP does not allow; pass an object of strings");
  }
}

function isSignal(signal: unknown): boolean {
  return Object.prototype.toString.call(signal) === "[object AbortSignal]";
}

function refuse(problem: string): never {
  throw new OctetError("ERR_UNSUPPORTED", problem);
}
