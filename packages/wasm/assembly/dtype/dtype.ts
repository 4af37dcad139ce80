// AssemblyScript has no 16-bit floats. Kernels are generic over a marker type instead: f32 for float32, u16 for float16,
// i16 for bfloat16, i8 for codes. sizeof<T>() is then the size of an element in bytes.
import { decodeFloat16, encodeFloat16 } from "./float16";
import { encodeBfloat16 } from "./bfloat16";

export type float16 = u16;
export type bfloat16 = i16;

/** Four elements as f32x4, exactly. */
// @ts-ignore: decorator
@inline
export function loadFour<T>(address: usize): v128 {
  if (isFloat<T>()) return v128.load(address);
  if (sizeof<T>() == 1) return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(address))));
  const bits = v128.load16x4_u(address);
  return isSigned<T>() ? i32x4.shl(bits, 16) : decodeFloat16(bits);
}

/** One element as f32, exactly. */
export function loadOne<T>(address: usize): f32 {
  if (isFloat<T>()) return load<f32>(address);
  if (sizeof<T>() == 1) return <f32>load<i8>(address);
  return widenBits<T>(load<u16>(address));
}

/** The value of the bits of a half type. */
export function widenBits<T>(bits: u32): f32 {
  return isSigned<T>() ? reinterpret<f32>(bits << 16) : f32x4.extract_lane(decodeFloat16(i32x4.splat(bits)), 0);
}

/** Four floats, rounded once to T. */
// @ts-ignore: decorator
@inline
export function storeFour<T>(address: usize, values: v128): void {
  if (isFloat<T>()) {
    v128.store(address, values);
  } else {
    const bits = isSigned<T>() ? encodeBfloat16(values) : encodeFloat16(values);
    v128.store64_lane(address, i16x8.narrow_i32x4_u(bits, bits), 0);
  }
}

/** Eight floats, rounded once to T. */
// @ts-ignore: decorator
@inline
export function storeEight<T>(address: usize, low: v128, high: v128): void {
  if (isFloat<T>()) {
    v128.store(address, low);
    v128.store(address, high, 16);
  } else if (isSigned<T>()) {
    v128.store(address, i16x8.narrow_i32x4_u(encodeBfloat16(low), encodeBfloat16(high)));
  } else {
    v128.store(address, i16x8.narrow_i32x4_u(encodeFloat16(low), encodeFloat16(high)));
  }
}

/** One float, rounded once to T. */
// @ts-ignore: decorator
@inline
export function storeOne<T>(address: usize, value: f32): void {
  if (isFloat<T>()) {
    store<f32>(address, value);
  } else {
    const values = f32x4.splat(value);
    v128.store16_lane(address, isSigned<T>() ? encodeBfloat16(values) : encodeFloat16(values), 0);
  }
}
