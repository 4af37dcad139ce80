import { OctetError } from "../errors.ts";
import { placeOf } from "./http-address.ts";
import { HttpAttempt } from "./http-attempt.ts";
import type { HttpSettings } from "./http-options.ts";
import { sendRequest } from "./http-redirects.ts";
import { Secrets, tellChain } from "./http-secrets.ts";
import { HttpStatusError } from "./http-status-error.ts";

/** The wait before the first retry, in ms; it doubles from one to the next. */
const FIRST_WAIT = 200;
/** The longest wait before a retry, in ms, also where the server asks for more. */
const LONGEST_WAIT = 20_000;

/** Makes range requests of one resource, again and again where they fail for a passing reason. */
export class HttpClient {
  /** The address, as messages name it. */
  readonly place: string;
  readonly #address: URL;
  readonly #settings: HttpSettings;
  readonly #secrets: Secrets;
  readonly #life = new AbortController();

  constructor(address: URL, settings: HttpSettings) {
    this.place = placeOf(address);
    this.#address = address;
    this.#settings = settings;
    this.#secrets = new Secrets(address, settings.headers);
    if (settings.signal?.aborted) this.#end();
    else settings.signal?.addEventListener("abort", this.#end);
  }

  /**
   * Asks for the bytes [first, last], and gives what `receive` makes of the answer. Connections that fail, silence for longer than the
   * timeout, and the statuses 408, 429 and 5xx are tried again.
   *
   * Rejects with what `receive` throws, HttpStatusError, ERR_UNAVAILABLE, what ended this client.
   */
  request<T>(
    first: number,
    last: number,
    receive: (response: Response, attempt: HttpAttempt) => Promise<T>,
  ): Promise<T> {
    const { signal } = this.#life;
    return this.#settings.gate.run(signal, async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#try(first, last, receive);
        } catch (error) {
          signal.throwIfAborted();
          const wait = waitAfter(error, tries);
          if (wait === undefined || tries > this.#settings.retries) throw this.#explain(error, tries);
          await sleep(wait, signal);
        }
      }
    });
  }

  /** Ends requests under way and all later ones with ERR_DISPOSED. */
  close(): void {
    this.#settings.signal?.removeEventListener("abort", this.#end);
    this.#life.abort(new OctetError("ERR_DISPOSED", `the source of ${this.place} is closed`));
  }

  /** Throws what ended this client. */
  throwIfEnded(): void {
    this.#life.signal.throwIfAborted();
  }

  async #try<T>(
    first: number,
    last: number,
    receive: (response: Response, attempt: HttpAttempt) => Promise<T>,
  ): Promise<T> {
    this.throwIfEnded();
    const attempt = new HttpAttempt(this.#life.signal, this.#settings.timeout);
    try {
      // A compressed answer would count other bytes.
      const own = { Range: `bytes=${first}-${last}`, "Accept-Encoding": "identity" };
      const response = await attempt.race(sendRequest(this.#settings, this.#address, own, attempt.signal));
      return await receive(response, attempt);
    } finally {
      attempt.end(); // not `using`, which needs a Symbol.dispose that older browsers lack
    }
  }

  /** An error of this package as it is, any other without secrets. */
  #explain(error: unknown, tries: number): OctetError {
    if (OctetError.isInstance(error)) return error;
    const cause = this.#secrets.hideIn(error);
    const times = tries === 1 ? "" : ` (tried ${tries} times)`;
    return new OctetError("ERR_UNAVAILABLE", `cannot read ${this.place}${times}: ${tellChain(cause)}`, { cause });
  }

  readonly #end = (): void => this.#life.abort(this.#settings.signal?.reason);
}

/** How long to wait after the `tries`-th failure, in ms; undefined where trying again is of no use. */
function waitAfter(error: unknown, tries: number): number | undefined {
  const backOff = Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT);
  const spread = backOff * (0.5 + Math.random() / 2); // so that many clients do not come back at once
  if (!OctetError.isInstance(error)) return spread;
  if (!(error instanceof HttpStatusError) || !isPassing(error.status)) return undefined;
  const asked = error.retryAfter ?? 0;
  return asked > LONGEST_WAIT ? undefined : Math.max(asked, spread);
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function sleep(wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, wait);
    signal.addEventListener("abort", end, { once: true });
  });
}
