import { OctetError } from "../errors.ts";

/** ERR_UNAVAILABLE of a server that answered with an error. */
export class HttpStatusError extends OctetError {
  /** 404 where there is no such file, 401 and 403 where it may not be read. */
  readonly status: number;
  /** How long the server asks to wait before the next request (`Retry-After`), in ms; null when it does not say. */
  readonly retryAfter: number | null;

  constructor(place: string, { status, headers }: Pick<Response, "status" | "headers">) {
    const retryAfter = readRetryAfter(headers.get("Retry-After"));
    const wait = retryAfter === null ? "" : ` and asks to wait ${Math.ceil(retryAfter / 1000)} s`;
    super("ERR_UNAVAILABLE", `${place} answered ${status}${wait}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Seconds, or a date. */
function readRetryAfter(value: string | null): number | null {
  if (value === null) return null;
  const wait = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(wait, 0);
}
