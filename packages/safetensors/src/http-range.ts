import { OctetError } from "./errors.ts";

/** What an answer to a range request says about the resource as a whole. */
export interface HttpRange {
  /** Bytes of the whole resource. */
  readonly size: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Checks that an answer carries the bytes [first, last], plain, and says of how many. `place` begins each message. */
export function readContentRange(response: Response, place: string, first: number, last: number): HttpRange {
  const { status, headers } = response;
  const contentRange = headers.get("Content-Range");
  if (status === 416 && first === 0 && contentRange === "bytes */0") return { size: 0, ...validators(headers) };
  if (status === 200) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `${place} ignores the Range header and sends everything; download it as a whole`,
    );
  }
  if (status !== 206) {
    throw new OctetError("ERR_UNAVAILABLE", `${place} answered ${status} ${response.statusText}`.trimEnd());
  }
  if (contentRange === null) {
    const advice = "across origins it must name it in Access-Control-Expose-Headers";
    throw new OctetError("ERR_UNSUPPORTED", `${place} shows no Content-Range; ${advice}`);
  }
  const encoding = headers.get("Content-Encoding") ?? "identity";
  if (encoding !== "identity") {
    throw new OctetError("ERR_UNSUPPORTED", `${place} sends ranges of data compressed with ${encoding}`);
  }
  const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(contentRange) ?? [];
  if (Number(from) !== first || Number(to) !== last || !Number.isSafeInteger(Number(size)) || Number(size) <= last) {
    const wanted = `bytes ${first}-${last}/SIZE`;
    throw new OctetError(
      "ERR_FORMAT",
      `${place} answered with the Content-Range "${contentRange}", wanted "${wanted}"`,
    );
  }
  return { size: Number(size), ...validators(headers) };
}

/** Throws ERR_FORMAT if `now` belongs to another version of the resource than `opened`. */
export function checkUnchanged(opened: HttpRange, now: HttpRange, place: string): void {
  const changed = (before: string | null, after: string | null): boolean =>
    before !== null && after !== null && before !== after;
  const tagged = opened.etag !== null && now.etag !== null;
  const other = tagged ? changed(opened.etag, now.etag) : changed(opened.lastModified, now.lastModified);
  if (opened.size !== now.size || other) {
    throw new OctetError("ERR_FORMAT", `${place} changed since it was opened; open it again`);
  }
}

/** Weak and strong tags of one version compare equal: a proxy may weaken a tag on the way. */
function validators(headers: Headers): Pick<HttpRange, "etag" | "lastModified"> {
  return { etag: headers.get("ETag")?.replace(/^W\//, "") ?? null, lastModified: headers.get("Last-Modified") };
}
