import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";

/**
 * The roundings of the numeric contract. JavaScript computes in float64; each of `+ - * /` on float32 operands, done in float64 and
 * then rounded by `Math.fround`, equals the float32 operation, since 53 >= 2 * 24 + 2 (Figueroa, "When is double rounding innocuous?").
 */

/** The nearest float32, ties to even, subnormals kept. @throws OctetError `ERR_DTYPE` for what is not a number */
export function fl32(value: number): number {
  if (typeof value !== "number") throw notANumber(value);
  return Math.fround(value);
}

const roundingMagic = 1.5 * 2 ** 52;

/**
 * The nearest integer, ties to even, for |value| < 2^51. Adding 1.5 * 2^52 leaves no room for fraction bits, so the addition itself
 * rounds, to even. `Math.round` differs: it sends -63.5 to -63.
 * @throws OctetError `ERR_DTYPE` for what is not a number
 */
export function rne(value: number): number {
  if (typeof value !== "number") throw notANumber(value);
  return value + roundingMagic - roundingMagic;
}

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** The bit pattern of the nearest float32. @throws OctetError `ERR_DTYPE` for what is not a number */
export function float32ToBits(value: number): number {
  if (typeof value !== "number") throw notANumber(value);
  floatView[0] = value;
  return bitsView[0];
}

/** The float32 with these bits. @throws OctetError `ERR_DTYPE` for what is not a number */
export function bitsToFloat32(bits: number): number {
  if (typeof bits !== "number") throw notANumber(bits);
  bitsView[0] = bits;
  return floatView[0];
}

/** The error of a function of numbers that was given something else, which JavaScript would convert or refuse as it likes. */
export function notANumber(value: unknown): OctetError {
  return new OctetError("ERR_DTYPE", `got ${formatValue(value)}; pass a number`);
}
