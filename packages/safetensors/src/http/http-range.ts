import { OctetError, quote } from "../errors.ts";
import { HttpStatusError } from "./http-status-error.ts";

/** What an answer to a range request says about the resource as a whole. */
export interface HttpRange {
  /** Bytes of the whole resource. */
  readonly size: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/**
 * Checks that an answer carries the bytes [first, last], plain, and says of how many. `place` begins each message. `opened` is what the
 * resource was before; it is null for the first answer.
 *
 * Throws HttpStatusError for an error of the server, ERR_UNSUPPORTED where it does not serve ranges of plain bytes, and ERR_FORMAT when
 * it sends another range or the resource changed.
 */
export function readContentRange(
  { status, headers }: Response,
  place: string,
  first: number,
  last: number,
  opened: HttpRange | null,
): HttpRange {
  const contentRange = headers.get("Content-Range");
  if (status === 200) {
    const advice = "download it as a whole";
    throw new OctetError("ERR_UNSUPPORTED", `${place} ignores the Range header and sends everything; ${advice}`);
  }
  const unsatisfiable = status === 416 && contentRange !== null;
  if (status !== 206 && !unsatisfiable) throw new HttpStatusError(place, { status, headers });
  if (contentRange === null) {
    const advice = "across origins it must name it in Access-Control-Expose-Headers";
    throw new OctetError("ERR_UNSUPPORTED", `${place} shows no Content-Range; ${advice}`);
  }
  const encoding = headers.get("Content-Encoding") ?? "identity";
  if (encoding !== "identity") {
    throw new OctetError("ERR_UNSUPPORTED", `${place} sends ranges of data compressed with ${quote(encoding)}`);
  }
  const [, from, to, size] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/i.exec(contentRange) ?? [];
  const now: HttpRange = { size: Number(size), ...validators(headers) };
  if (opened !== null && Number.isSafeInteger(now.size) && isAnother(opened, now)) {
    throw new OctetError("ERR_FORMAT", `${place} changed since it was opened; open it again`);
  }
  if (status === 416 && first === 0 && now.size === 0) return now;
  const right = status === 206 && Number(from) === first && Number(to) === last;
  if (right && Number.isSafeInteger(now.size) && now.size > last) return now;
  const answer = `${status} with the Content-Range ${quote(contentRange)}`;
  throw new OctetError("ERR_FORMAT", `${place} answered ${answer}, wanted "bytes ${first}-${last}/SIZE"`);
}

/** Whether `now` belongs to another version of the resource. Dates count where a tag is missing. */
function isAnother(opened: HttpRange, now: HttpRange): boolean {
  if (opened.size !== now.size) return true;
  if (opened.etag !== null && now.etag !== null) return opened.etag !== now.etag;
  return opened.lastModified !== null && now.lastModified !== null && opened.lastModified !== now.lastModified;
}

/** Weak and strong tags of one version compare equal: a proxy may weaken a tag on the way. */
function validators(headers: Headers): Pick<HttpRange, "etag" | "lastModified"> {
  return { etag: headers.get("ETag")?.replace(/^W\//, "") ?? null, lastModified: headers.get("Last-Modified") };
}
