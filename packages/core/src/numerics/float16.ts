import { bitsToFloat32, float32ToBits, notANumber } from "./numerics.ts";

/** 2^-24, the unit of float16 subnormals. */
const subnormalUnit = 2 ** -24;

function decode(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (sign === 0 ? 1 : -1) * fraction * subnormalUnit;
  if (exponent === 0x1f) return bitsToFloat32(sign | 0x7f800000 | (fraction << 13));
  return bitsToFloat32(sign | ((exponent + 112) << 23) | (fraction << 13));
}

let decoded: Float32Array | undefined;

/** The values of all 65536 bit patterns, made at first use: decoding is then one load (256 KiB). */
export function float16Values(): Float32Array {
  if (decoded === undefined) {
    decoded = new Float32Array(65536);
    for (let bits = 0; bits < 65536; bits++) decoded[bits] = decode(bits);
  }
  return decoded;
}

/** The value of float16 bits, exactly. @throws OctetError `ERR_DTYPE` for what is not a number */
export function float16ToFloat32(bits: number): number {
  if (typeof bits !== "number") throw notANumber(bits);
  return decode(bits & 0xffff);
}

/**
 * The bits of the nearest float16, ties to even; 65520 and above become an infinity, subnormals are kept. A NaN stays a NaN; its
 * sign and payload are the engine's. `value` is taken as a float32: rounding from float64 would round twice.
 * @throws OctetError `ERR_DTYPE` for what is not a number
 */
export function float32ToFloat16(value: number): number {
  const bits = float32ToBits(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14 the spacing is 2^-24: adding 0.5 (whose float32 spacing is 2^-24) makes the float32 addition do the rounding.
    return sign | (float32ToBits(bitsToFloat32(magnitude) + 0.5) - 0x3f000000);
  }
  // Rebias the exponent from 127 to 15, then round the 13 dropped bits to even; a carry runs into the exponent, as it should.
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}
