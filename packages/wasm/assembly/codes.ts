// Codes of float32 values: clamp(rne(fl32(x / scale))). The division comes first and is a division; see NUMERICS.
import { loadFour, loadOne } from "./dtype";

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
