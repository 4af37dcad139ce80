import { quote } from "../errors.ts";

const HIDDEN = "[hidden]";
/** Shorter texts are not secrets, and hiding them would spoil messages. */
const SHORTEST_SECRET = 4;
/** The most errors of a chain of causes that are told. */
const LONGEST_CHAIN = 4;
const LONGEST_TEXT = 300;

/** Hides, in texts of others, what must not reach a log: the queries and users of URLs, and the values of the caller's headers. */
export class Secrets {
  readonly #texts: readonly string[];

  constructor(address: URL, headers: Headers) {
    const query = address.search.slice(1).split("&");
    const queryTexts = query.flatMap((part) => [part, part.slice(part.indexOf("=") + 1)]);
    const headerTexts = [...headers.values()].flatMap((value) => [value, value.replace(/^\S+\s+/, "")]);
    const texts = [...queryTexts, ...address.searchParams.values(), address.hash.slice(1), ...headerTexts];
    const long = texts.filter((text) => text.length >= SHORTEST_SECRET);
    this.#texts = long.sort((left, right) => right.length - left.length); // a secret may be a part of another
  }

  /** The text on one line, without secrets. */
  hide(text: string): string {
    const known = this.#texts.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
    const hidden = known.replace(/([a-z][a-z\d+.-]*:\/\/)[^\s/?#]*@/gi, "$1").replace(/[?#][^\s"'<>]*=[^\s"'<>]*/g, "");
    return hidden.replace(/\s+/g, " ").slice(0, LONGEST_TEXT);
  }

  /** A copy of an error and its causes, fit to be logged. */
  hideIn(error: unknown, depth = 1): Error {
    const { message, name, code, cause } = Object(error) as Partial<Error & { code: unknown }>;
    const text = message || code || name || quote(error);
    const deeper = cause === undefined || depth === LONGEST_CHAIN ? {} : { cause: this.hideIn(cause, depth + 1) };
    const copy = new Error(this.hide(String(text)), deeper);
    if (typeof name === "string") copy.name = this.hide(name);
    return typeof code === "string" ? Object.assign(copy, { code: this.hide(code) }) : copy;
  }
}

/** The messages of an error and its causes, on one line. */
export function tellChain(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${tellChain(error.cause)}` : error.message;
}
