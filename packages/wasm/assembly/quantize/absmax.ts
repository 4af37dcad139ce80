// The largest magnitude, found among bit patterns: without the sign they order like the values they stand for, NaN and infinity
// above all finite ones. So one maximum also tells whether something is not finite, at no extra cost.
import { widenBits } from "../dtype/dtype";

const MAGNITUDES = memory.data<u32>([0x7fffffff, 0x7fff7fff]); // see float16 for why they are loaded

/** Whether a magnitude found here is that of a NaN or an infinity. */
// @ts-ignore: decorator
@inline
export function isNonFinite(magnitude: f32): bool {
  return !(magnitude < Infinity);
}

/** The largest |element| of `count` elements; NaN or infinity when there is any. 0 of none. */
export function absmax<T>(address: usize, count: usize): f32 {
  const end = address + count * sizeof<T>();
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  for (; address + 64 <= end; address += 64) {
    a = largerMagnitude<T>(a, v128.load(address));
    b = largerMagnitude<T>(b, v128.load(address, 16));
    a = largerMagnitude<T>(a, v128.load(address, 32));
    b = largerMagnitude<T>(b, v128.load(address, 48));
  }
  for (; address + 16 <= end; address += 16) a = largerMagnitude<T>(a, v128.load(address));
  a = largerMagnitude<T>(a, b);
  a = largerMagnitude<T>(a, i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  a = largerMagnitude<T>(a, i8x16.shuffle(a, a, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3));
  let magnitude: i32;
  if (sizeof<T>() == 4) {
    magnitude = i32x4.extract_lane(a, 0);
    for (; address < end; address += 4) magnitude = max(magnitude, load<i32>(address) & 0x7fffffff);
    return reinterpret<f32>(magnitude);
  }
  magnitude = max(i16x8.extract_lane_s(a, 0), i16x8.extract_lane_s(a, 1));
  for (; address < end; address += 2) magnitude = max(magnitude, <i32>load<u16>(address) & 0x7fff);
  return widenBits<T>(magnitude);
}

/** The larger magnitudes of `largest` and of 16 bytes of elements, lane by lane, as bits. */
// @ts-ignore: decorator
@inline
function largerMagnitude<T>(largest: v128, elements: v128): v128 {
  return sizeof<T>() == 4
    ? i32x4.max_s(largest, v128.and(elements, v128.load32_splat(MAGNITUDES)))
    : i16x8.max_s(largest, v128.and(elements, v128.load32_splat(MAGNITUDES, 4)));
}
