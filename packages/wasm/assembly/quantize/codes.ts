// Codes of float32 values: clamp(rne(fl32(x / scale))). The division comes first and is a division; see NUMERICS.
import { loadFour, loadOne } from "../dtype/dtype";

// Adding 1.5 * 2^23 leaves a float32 no room for fraction bits, so the addition itself rounds, to even; the integer is then the
// difference of the bit patterns. It holds for |x / scale| < 2^22, and x / scale stays below 1.5 * 32639: the scale of a group is
// at least its maximum / qmax, less half a unit when it is subnormal.
const MAGIC: f32 = 12582912;
const MAGIC_BITS: i32 = 0x4b400000;
const MAGIC_DATA = memory.data<u32>([0x4b400000]); // see float16 for why it is loaded

/** Four codes before clamping, as i32x4. */
// @ts-ignore: decorator
@inline
function roundFour(values: v128, scale: v128, magic: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.div(values, scale), magic), magic);
}

/** Eight codes as i16x8, clamped to lowest .. highest (i16x8). */
// @ts-ignore: decorator
@inline
export function codeEight<T>(address: usize, lowScale: v128, highScale: v128, lowest: v128, highest: v128): v128 {
  const magic = v128.load32_splat(MAGIC_DATA);
  const low = roundFour(loadFour<T>(address), lowScale, magic);
  const high = roundFour(loadFour<T>(address + 4 * sizeof<T>()), highScale, magic);
  return i16x8.min_s(i16x8.max_s(i16x8.narrow_i32x4_s(low, high), lowest), highest);
}

/** One code. */
export function codeOne<T>(address: usize, scale: f32, lowest: i32, highest: i32): i32 {
  const code = reinterpret<i32>(loadOne<T>(address) / scale + MAGIC) - MAGIC_BITS;
  return min(max(code, lowest), highest);
}

/** fl32(amax / qmax), or 1 where that is 0. */
export function scaleOf(amax: f32, qmax: i32): f32 {
  const scale = amax / <f32>qmax;
  return scale == 0 ? 1 : scale;
}

// The same codes by a multiplication, which takes a quarter of the time, for all but one element of 16384. With r = fl32(1 / scale), fl32(x * r)
// and fl32(x / scale) are both within 2^-23 of x / scale, relatively, or nearly so, and their difference is below 2^-15 as long as |x / scale| is
// about 127 at most. Adding 1.5 * 2^9 rounds the product to a multiple of 2^-14, again by no more than 2^-15. So the two are less than
// 2^-14 apart, and lie on the same side of the middle between two codes, unless the rounded one lies on it: those are divided.
const PRODUCT_MAGIC = memory.data<u32>([0x44400000]);
const PRODUCT_HALF = memory.data<u32>([0x2000 - 0x44400000]); // takes the magic's bits off again, and adds half a code
const PRODUCT_FRACTION = memory.data<u32>([0x3fff]);

/** Whether codes of up to 8 bits may be found by `multiplyFour`: neither the scale nor its inverse is near the ends of float32. */
// @ts-ignore: decorator
@inline
export function hasInverse(scale: f32): bool {
  return scale > reinterpret<f32>(0x0d800000) && scale < reinterpret<f32>(0x71800000); // 2^-100, 2^100
}

/** Four codes and a half, in steps of 2^-14: the code is the part above 14 bits, if `areCertain`. `inverse` is of the scale. */
// @ts-ignore: decorator
@inline
export function multiplyFour<T>(address: usize, inverse: v128): v128 {
  const product = f32x4.mul(loadFour<T>(address), inverse);
  return i32x4.add(f32x4.add(product, v128.load32_splat(PRODUCT_MAGIC)), v128.load32_splat(PRODUCT_HALF));
}

/** Whether none of 16 results of `multiplyFour` lies in the middle of two codes. */
// @ts-ignore: decorator
@inline
export function areCertain(a: v128, b: v128, c: v128, d: v128): bool {
  const mask = v128.load32_splat(PRODUCT_FRACTION);
  const ab = i32x4.min_u(v128.and(a, mask), v128.and(b, mask));
  return i32x4.all_true(i32x4.min_u(ab, i32x4.min_u(v128.and(c, mask), v128.and(d, mask))));
}
