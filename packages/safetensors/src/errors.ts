/** Every code an Octet package may throw. Codes never change between major versions; messages may. */
export type OctetErrorCode =
  | "ERR_SHAPE"
  | "ERR_DTYPE"
  | "ERR_NON_FINITE"
  | "ERR_UNSUPPORTED"
  | "ERR_DISPOSED"
  | "ERR_FOREIGN_TENSOR"
  | "ERR_OUT_OF_MEMORY"
  | "ERR_DEVICE_LOST"
  | "ERR_UNAVAILABLE"
  | "ERR_NOT_QUANTIZED"
  | "ERR_FORMAT";

const brand = Symbol.for("octet.error");

/**
 * The error of this package. It carries the brand that every Octet package gives its errors, because this package
 * imports none of the others: `OctetError.isInstance` of any of them recognises it.
 */
export class OctetError extends Error {
  readonly code: OctetErrorCode;

  constructor(code: OctetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OctetError";
    this.code = code;
  }

  /** True for an OctetError of any installed copy of any Octet package, where `instanceof` knows only its own. */
  static isInstance(error: unknown): error is OctetError {
    return typeof error === "object" && error !== null && brand in error;
  }
}

Object.defineProperty(OctetError.prototype, brand, { value: true });

const QUOTED_LENGTH = 200;

/**
 * A name out of a file as it may stand in a message: on one line, and never longer than a few lines of a terminal. Of anything that was
 * passed in its place, the value or the type.
 */
export function quote(text: unknown): string {
  if (typeof text === "object" && text !== null) return Object.prototype.toString.call(text);
  if (typeof text !== "string") return typeof text === "function" ? "a function" : String(text);
  return text.length <= QUOTED_LENGTH ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, QUOTED_LENGTH))}...`;
}
