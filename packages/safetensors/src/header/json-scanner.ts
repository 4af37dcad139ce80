import { OctetError, quote } from "../errors.ts";
import { safetensorsLimits } from "./limits.ts";
import { unescapeJson } from "./unescape-json.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const literals = ["true", "false", "null"];

/**
 * Reads JSON strictly (RFC 8259) and in one pass over the bytes, because `JSON.parse` hides what has to be refused: it
 * keeps the last of two equal keys, takes `16.0`, `1.6e1`, `-0` and lone surrogates, rounds integers above 2^53, and
 * puts keys like "10" before others. The caller pulls what it expects; whatever else stands there is ERR_FORMAT.
 */
export class JsonScanner {
  /** The name of the tensor that is being read, if it is one: every message starts with it. */
  tensor: string | undefined;
  readonly #bytes: Uint8Array;
  readonly #document: string;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #position = 0;
  #depth = 0;

  /** `document` names the bytes in messages, for instance "the header". */
  constructor(bytes: Uint8Array, document: string) {
    this.#bytes = bytes;
    this.#document = document;
  }

  /** The offset of the next byte to be read. */
  get position(): number {
    return this.#position;
  }

  /** Throws ERR_FORMAT with the tensor, the problem and its place. */
  fail(problem: string, position: number = this.#position): never {
    let line = 1;
    for (let at = 0; at < position; at++) if (this.#bytes[at] === 0x0a) line++;
    const place = `at byte ${position}, line ${line} of ${this.#document}`;
    const subject = this.tensor === undefined ? "" : `tensor ${quote(this.tensor)}: `;
    throw new OctetError("ERR_FORMAT", `${subject}${problem} (${place})`);
  }

  /** Reads an object; `visit` gets each key and its place, in order, and must read the value. */
  readObject(what: string, visit: (key: string, position: number) => void): void {
    this.#enter("{", what, "an object");
    if (!this.#leaveIf("}")) {
      do {
        this.#skipWhitespace();
        const position = this.#position;
        const key = this.readString("a key");
        this.#skipWhitespace();
        if (this.#bytes[this.#position] !== COLON) this.#failExpecting('":" after a key');
        this.#position++;
        visit(key, position);
      } while (this.#nextOrLeave("}"));
    }
  }

  /** Reads an array; `visit` must read each element. */
  readArray(what: string, visit: () => void): void {
    this.#enter("[", what, "an array");
    if (!this.#leaveIf("]")) {
      do visit();
      while (this.#nextOrLeave("]"));
    }
  }

  readString(what = "a string"): string {
    this.#skipWhitespace();
    if (this.#bytes[this.#position] !== QUOTE) this.#failExpecting(what, "a string in double quotes");
    const start = this.#position + 1;
    let escaped = false;
    let end = start;
    for (; this.#bytes[end] !== QUOTE; end++) {
      if (this.#bytes[end] === BACKSLASH) {
        escaped = true;
        end++;
      }
      if (end >= this.#bytes.length) this.fail("a string does not end", this.#position);
      if (this.#bytes[end] < 0x20) this.fail("a string holds a raw control character, which JSON wants escaped", end);
    }
    let text = this.#bytes.subarray(start, end);
    if (escaped) text = unescapeJson(text, (problem, at) => this.fail(problem, start + at));
    this.#position = end + 1;
    try {
      return this.#decoder.decode(text);
    } catch {
      return this.fail("a string is not valid UTF-8", start);
    }
  }

  /** Reads a whole number from 0 to 2^53 - 1, written without sign, leading zero, fraction and exponent. */
  readUnsigned(what: string): number {
    this.#skipWhitespace();
    const start = this.#position;
    const wanted = "a whole number without sign, fraction and exponent";
    let value = 0;
    let byte = this.#bytes[start];
    for (; byte >= 0x30 && byte <= 0x39; byte = this.#bytes[++this.#position]) value = value * 10 + (byte - 0x30);
    const digits = this.#position - start;
    if (digits === 0 || byte === 0x2e || byte === 0x65 || byte === 0x45) this.#failExpecting(what, wanted);
    if (digits > 1 && this.#bytes[start] === 0x30) this.fail(`${what} has a leading zero`, start);
    if (value > Number.MAX_SAFE_INTEGER) this.fail(`${what} is larger than 2^53 - 1`, start);
    return value;
  }

  /** Reads `null` if it stands next. */
  readNull(): boolean {
    this.#skipWhitespace();
    return this.#readLiteral("null");
  }

  /** Reads any value, checks its syntax and drops it. */
  skipValue(): void {
    this.#skipWhitespace();
    const byte = this.#bytes[this.#position];
    if (byte === QUOTE) this.readString();
    else if (byte === 0x7b) this.readObject("a value", () => this.skipValue());
    else if (byte === 0x5b) this.readArray("a value", () => this.skipValue());
    else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) this.#skipNumber();
    else if (!literals.some((literal) => this.#readLiteral(literal))) this.#failExpecting("a value", "a JSON value");
  }

  /** Only whitespace may follow. */
  expectEnd(): void {
    this.#skipWhitespace();
    if (this.#position < this.#bytes.length) this.#failExpecting("the end");
  }

  #skipNumber(): void {
    const start = this.#position;
    if (this.#bytes[this.#position] === 0x2d) this.#position++;
    const leading = this.#position;
    if (this.#skipDigits() > 1 && this.#bytes[leading] === 0x30) this.fail("a number has a leading zero", start);
    if (this.#bytes[this.#position] === 0x2e) {
      this.#position++;
      this.#skipDigits();
    }
    if (this.#bytes[this.#position] === 0x65 || this.#bytes[this.#position] === 0x45) {
      this.#position++;
      if (this.#bytes[this.#position] === 0x2b || this.#bytes[this.#position] === 0x2d) this.#position++;
      this.#skipDigits();
    }
  }

  #skipDigits(): number {
    const start = this.#position;
    while (this.#bytes[this.#position] >= 0x30 && this.#bytes[this.#position] <= 0x39) this.#position++;
    if (this.#position === start) this.#failExpecting("a number", "a digit");
    return this.#position - start;
  }

  #readLiteral(literal: string): boolean {
    for (let at = 0; at < literal.length; at++) {
      if (this.#bytes[this.#position + at] !== literal.charCodeAt(at)) return false;
    }
    this.#position += literal.length;
    return true;
  }

  #enter(bracket: string, what: string, wanted: string): void {
    this.#skipWhitespace();
    if (this.#bytes[this.#position] !== bracket.charCodeAt(0)) this.#failExpecting(what, wanted);
    this.#depth++;
    if (this.#depth > safetensorsLimits.depth) this.fail(`values nest deeper than ${safetensorsLimits.depth} levels`);
    this.#position++;
  }

  #leaveIf(bracket: string): boolean {
    this.#skipWhitespace();
    if (this.#bytes[this.#position] !== bracket.charCodeAt(0)) return false;
    this.#position++;
    this.#depth--;
    return true;
  }

  #nextOrLeave(bracket: string): boolean {
    if (this.#leaveIf(bracket)) return false;
    if (this.#bytes[this.#position] !== COMMA) this.#failExpecting(`"," or "${bracket}"`);
    this.#position++;
    return true;
  }

  #skipWhitespace(): void {
    for (;;) {
      const byte = this.#bytes[this.#position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#position++;
    }
  }

  #failExpecting(what: string, wanted: string = what): never {
    const byte = this.#bytes[this.#position];
    const printable = byte > 0x20 && byte < 0x7f;
    const found = byte === undefined ? "the end" : printable ? `"${String.fromCharCode(byte)}"` : `byte 0x${hex(byte)}`;
    return this.fail(
      what === wanted ? `expected ${wanted}, found ${found}` : `${what} must be ${wanted}, found ${found}`,
    );
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
