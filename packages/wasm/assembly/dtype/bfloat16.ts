const ONE = memory.data<u32>([1]); // see float16 for why they are loaded
const HALF_LESS_ONE = memory.data<u32>([0x7fff]);
const QUIET16 = memory.data<u32>([0x0040]);
const MAGNITUDE32 = memory.data<u32>([0x7fffffff]);
const INFINITY32 = memory.data<u32>([0x7f800000]);

/** The nearest bfloat16 of each float32, ties to even, in the low halves of i32 lanes. A NaN stays a NaN. */
export function encodeBfloat16(values: v128): v128 {
  const upper = i32x4.shr_u(values, 16);
  // 0x7fff plus the lowest kept bit carries exactly when the dropped half is above the middle, or on it and the kept part is odd.
  const odd = v128.and(upper, v128.load32_splat(ONE));
  const rounded = i32x4.shr_u(i32x4.add(i32x4.add(values, odd), v128.load32_splat(HALF_LESS_ONE)), 16);
  const magnitude = v128.and(values, v128.load32_splat(MAGNITUDE32));
  const isNaN = i32x4.gt_s(magnitude, v128.load32_splat(INFINITY32));
  return v128.bitselect(v128.or(upper, v128.load32_splat(QUIET16)), rounded, isNaN);
}
