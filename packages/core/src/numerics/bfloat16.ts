import { bitsToFloat32, float32ToBits, notANumber } from "./numerics.ts";

/**
 * The value of bfloat16 bits. bfloat16 is the upper half of a float32, so this is exact.
 * @throws OctetError `ERR_DTYPE` for what is not a number
 */
export function bfloat16ToFloat32(bits: number): number {
  if (typeof bits !== "number") throw notANumber(bits);
  return bitsToFloat32(bits << 16);
}

/**
 * The bits of the nearest bfloat16, ties to even; past the largest finite value an infinity. A NaN stays a NaN; its sign and
 * payload are the engine's. `value` is taken as a float32: rounding from float64 would round twice.
 * @throws OctetError `ERR_DTYPE` for what is not a number
 */
export function float32ToBfloat16(value: number): number {
  const bits = float32ToBits(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x0040;
  // 0x7fff plus the lowest kept bit carries exactly when the dropped half is above the middle, or on it and the kept part is odd.
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
