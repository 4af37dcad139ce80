import { Brand } from "./brand.ts";

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
  | "ERR_FORMAT"
  | "ERR_RANGE";

const brand = new Brand<OctetError>("octet.error");

/** The one error class of Octet. `code` is for programs, `message` for people: what was got, what was wanted, what to do. */
export class OctetError extends Error {
  readonly code: OctetErrorCode;

  constructor(code: OctetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OctetError";
    this.code = code;
  }

  /** True for an OctetError of any installed copy of any Octet package, where `instanceof` knows only its own. */
  static isInstance(error: unknown): error is OctetError {
    return brand.marks(error);
  }
}

brand.mark(OctetError.prototype);
