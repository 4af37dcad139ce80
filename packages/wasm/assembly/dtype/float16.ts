// Conversions of four float16 bit patterns, in the low halves of i32 lanes, from and to f32x4.
//
// Constants come from memory: V8 builds a constant vector anew at each use, in three instructions, where loading one takes one.
const MAGNITUDE16 = memory.data<u32>([0x7fff]);
const SIGN16 = memory.data<u32>([0x8000]);
const QUIET16 = memory.data<u32>([0x0200]);
const LARGEST16 = memory.data<u32>([0x0f7fffff]); // the largest finite magnitude, shifted to float32's place
const MAGNITUDE32 = memory.data<u32>([0x7fffffff]);
const INFINITY32 = memory.data<u32>([0x7f800000]);
const TWO_TO_112 = memory.data<u32>([0x77800000]);
const TWO_TO_16 = memory.data<u32>([0x47800000]);
const TWO_TO_MINUS_14 = memory.data<u32>([0x38800000]);
const THIRTEEN_EXPONENTS = memory.data<u32>([13 << 23]);

/** The values of four float16 bit patterns, exactly, subnormals and infinities included. */
export function decodeFloat16(bits: v128): v128 {
  const magnitude = i32x4.shl(v128.and(bits, v128.load32_splat(MAGNITUDE16)), 13);
  // Moves the exponent from bias 15 to bias 127: a multiplication by 2^112 is exact and turns subnormals into normal numbers.
  const value = f32x4.mul(magnitude, v128.load32_splat(TWO_TO_112));
  // The exponent of infinities and NaNs is all ones in both formats.
  const special = i32x4.gt_s(magnitude, v128.load32_splat(LARGEST16));
  const sign = i32x4.shl(v128.and(bits, v128.load32_splat(SIGN16)), 16);
  return v128.or(v128.or(value, sign), v128.and(special, v128.load32_splat(INFINITY32)));
}

/** The nearest float16 of each float32, ties to even. A NaN stays a NaN. */
export function encodeFloat16(values: v128): v128 {
  const bits = v128.and(values, v128.load32_splat(MAGNITUDE32));
  // From 65520 on the result is infinity, which is what 65536 gives below.
  const magnitude = i32x4.min_s(bits, v128.load32_splat(TWO_TO_16));
  // The power of two at or below the value; all values under 2^-14 have the spacing of 2^-14.
  const smallest = v128.load32_splat(TWO_TO_MINUS_14);
  const infinity = v128.load32_splat(INFINITY32);
  const power = i32x4.max_s(v128.and(magnitude, infinity), smallest);
  // A float32 that is 2^13 times this power has the spacing of the float16: adding it does the rounding, and the bits above its own
  // count the steps, 0 to 2048. The steps of the powers below are 1024 each.
  const magic = i32x4.add(power, v128.load32_splat(THIRTEEN_EXPONENTS));
  const steps = i32x4.sub(f32x4.add(magnitude, magic), magic);
  const below = i32x4.shr_u(i32x4.sub(power, smallest), 13);
  const quiet = v128.and(i32x4.gt_s(bits, infinity), v128.load32_splat(QUIET16));
  const sign = v128.and(i32x4.shr_u(values, 16), v128.load32_splat(SIGN16));
  return v128.or(v128.or(i32x4.add(steps, below), quiet), sign);
}
