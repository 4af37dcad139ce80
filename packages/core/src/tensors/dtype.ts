/** Types of weights and activations. The half types hold their bit patterns in 16-bit words. */
export type FloatDType = "float32" | "float16" | "bfloat16";

/** Types of every tensor: floats, and integers for codes, tokens and positions. */
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

const arrayConstructors: { readonly [D in DType]: new (length: number) => TypedArrayOf[D] } = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
};

/** A zero-filled typed array of `length` elements of `dtype`. */
export function allocate<D extends DType>(dtype: D, length: number): TypedArrayOf[D] {
  return new arrayConstructors[dtype](length);
}

/** Whether `data` is the kind of typed array that holds `dtype`, from any realm. */
export function holdsDType(data: unknown, dtype: DType): boolean {
  if (!ArrayBuffer.isView(data)) return false;
  return (data as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === arrayConstructors[dtype].name;
}
