import { allocate, type FloatDType, type TypedArrayOf } from "../tensors/dtype.ts";
import type { HostTensor } from "../tensors/tensor.ts";
import { float32ToBfloat16 } from "./bfloat16.ts";
import { float16Values, float32ToFloat16 } from "./float16.ts";
import { bitsToFloat32, fl32, float32ToBits } from "./numerics.ts";

/** The elements as float32, exactly. float32 data is returned itself, not a copy. */
export function widen(tensor: HostTensor<FloatDType>): Float32Array {
  if (tensor.dtype === "float32") return tensor.data as Float32Array;
  const bits = tensor.data as Uint16Array;
  const values = new Float32Array(bits.length);
  if (tensor.dtype === "bfloat16") {
    // bfloat16 is the upper half of a float32: shift the bits into place instead of converting numbers.
    const words = new Uint32Array(values.buffer);
    for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
  } else {
    const table = float16Values();
    for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]];
  }
  return values;
}

/** float32 values rounded once (nearest even) to `dtype`. float32 data is returned itself, not a copy. */
export function narrow<D extends FloatDType>(values: Float32Array, dtype: D): TypedArrayOf[D] {
  if (dtype === "float32") return values as TypedArrayOf[D];
  const round = dtype === "float16" ? float32ToFloat16 : float32ToBfloat16;
  const bits = allocate(dtype, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = round(values[i]);
  return bits;
}

/** float64 values rounded once (nearest even) to `dtype`. */
export function narrowFloat64<D extends FloatDType>(values: Float64Array, dtype: D): TypedArrayOf[D] {
  if (dtype === "float32") return new Float32Array(values) as TypedArrayOf[D];
  return narrow(Float32Array.from(values, roundToOdd), dtype);
}

/**
 * The float32 at or just below |value|, its last bit set if anything was cut off. A second rounding, to a half type, then gives what
 * one rounding from float64 would (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", theorem on rounding to odd).
 */
function roundToOdd(value: number): number {
  const nearest = fl32(value);
  if (nearest === value || !Number.isFinite(nearest)) return nearest;
  const bits = float32ToBits(nearest);
  return bitsToFloat32(Math.abs(nearest) > Math.abs(value) ? (bits - 1) | 1 : bits | 1);
}
