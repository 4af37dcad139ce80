import { OctetError } from "../errors.ts";
import { className } from "../format-value.ts";
import { createArray } from "../tensors/create-array.ts";
import {
  allocate,
  type DType,
  type FloatDType,
  holdsDType,
  type TypedArrayOf,
  validateFloatDType,
} from "../tensors/dtype.ts";
import { normalizeHostTensor, type TensorLike } from "../tensors/host-tensor.ts";
import { float32ToBfloat16 } from "./bfloat16.ts";
import { float32ToFloat16 } from "./float16.ts";
import { bitsToFloat32, fl32, float32ToBits } from "./numerics.ts";

/**
 * `values()` of any tensor, a plain object as well: its elements as numbers to compute with.
 * @throws OctetError `ERR_DTYPE`, `ERR_SHAPE`, `ERR_OUT_OF_MEMORY`
 */
export function widen(tensor: TensorLike<DType>): Float32Array {
  return normalizeHostTensor(tensor, "the tensor").values();
}

/**
 * float32 values rounded once (nearest even) to `dtype`. float32 data is returned itself, not a copy.
 * @throws OctetError `ERR_DTYPE`, `ERR_OUT_OF_MEMORY`
 */
export function narrow<D extends FloatDType>(values: Float32Array, dtype: D): TypedArrayOf[D] {
  validateFloatDType(dtype);
  if (!holdsDType(values, "float32")) throw wrongArray(values, "Float32Array");
  if (dtype === "float32") return values as TypedArrayOf[D];
  const round = dtype === "float16" ? float32ToFloat16 : float32ToBfloat16;
  const bits = allocate(dtype, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = round(values[i]);
  return bits;
}

/** float64 values rounded once (nearest even) to `dtype`. @throws OctetError `ERR_DTYPE`, `ERR_OUT_OF_MEMORY` */
export function narrowFloat64<D extends FloatDType>(values: Float64Array, dtype: D): TypedArrayOf[D] {
  validateFloatDType(dtype);
  if (className(values) !== "Float64Array") throw wrongArray(values, "Float64Array");
  if (dtype === "float32") return createArray(Float32Array, values) as TypedArrayOf[D];
  const odd = allocate("float32", values.length);
  for (let i = 0; i < odd.length; i++) odd[i] = roundToOdd(values[i]);
  return narrow(odd, dtype);
}

function wrongArray(values: unknown, wanted: string): OctetError {
  return new OctetError("ERR_DTYPE", `got ${className(values)} for the values; pass a ${wanted}`);
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
