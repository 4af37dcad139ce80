import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { createArray } from "./create-array.ts";

/** Types of weights and activations. The half types hold their bit patterns in 16-bit words. */
export type FloatDType = "float32" | "float16" | "bfloat16";

/** Types of every tensor: floats, and integers for codes, scales, tokens and positions. */
export type DType = FloatDType | "int8" | "int16" | "uint16" | "int32";

/** The typed array that holds a dtype on the host. */
export interface TypedArrayOf {
  float32: Float32Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  int8: Int8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
}

export const floatDTypes: readonly FloatDType[] = ["float32", "float16", "bfloat16"];

/** The float dtypes, as messages offer them. */
export const floatDTypesText = "float32, float16 or bfloat16";

/** All dtypes, as messages offer them. */
export const dtypesText = "float32, float16, bfloat16, int8, int16, uint16 or int32";

/** Bytes of one element. */
export const bytesPerElement: Readonly<Record<DType, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
};

export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(bytesPerElement, value);
}

export function isFloatDType(value: unknown): value is FloatDType {
  return floatDTypes.includes(value as FloatDType);
}

/** `what` names the owner of the dtype in the message. @throws OctetError `ERR_DTYPE` */
export function validateFloatDType(dtype: unknown, what = "the output"): asserts dtype is FloatDType {
  if (isFloatDType(dtype)) return;
  const got = dtype === undefined ? "quantized" : formatValue(dtype);
  throw new OctetError("ERR_DTYPE", `${what} is ${got}; use ${floatDTypesText}`);
}

const arrayConstructors: {
  readonly [D in DType]: new (
    source: number | ArrayLike<number> | ArrayBufferLike,
  ) => TypedArrayOf[D];
} = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
};

/**
 * A zero-filled typed array of `length` elements of `dtype`.
 * @throws OctetError `ERR_DTYPE`, `ERR_SHAPE` for a length that is not a whole number of 0 or more, `ERR_OUT_OF_MEMORY`
 */
export function allocate<D extends DType>(dtype: D, length: number): TypedArrayOf[D] {
  if (!isDType(dtype)) throw new OctetError("ERR_DTYPE", `got the dtype ${formatValue(dtype)}; use ${dtypesText}`);
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new OctetError("ERR_SHAPE", `got the length ${formatValue(length)}; use a whole number of 0 or more`);
  }
  return createArray(arrayConstructors[dtype], length);
}

/** The elements of `dtype` that a buffer holds, not copied. Its bytes are whole elements. */
export function viewData<D extends DType>(dtype: D, buffer: ArrayBufferLike): TypedArrayOf[D] {
  return new arrayConstructors[dtype](buffer);
}

/** A copy of the elements of `dtype` in `data`. @throws OctetError `ERR_OUT_OF_MEMORY` */
export function copyData<D extends DType>(dtype: D, data: TypedArrayOf[D]): TypedArrayOf[D] {
  return createArray(arrayConstructors[dtype], data);
}

/** Whether `data` is the kind of typed array that holds `dtype`, from any realm. */
export function holdsDType(data: unknown, dtype: DType): boolean {
  if (!ArrayBuffer.isView(data)) return false;
  return (data as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === arrayConstructors[dtype].name;
}
