import { createArray } from "../tensors/create-array.ts";
import { allocate, type DType, type TypedArrayOf } from "../tensors/dtype.ts";
import { float16Values } from "./float16.ts";

/** The elements of `dtype` in `data` as float32. float32 data is returned itself, not a copy. @throws OctetError `ERR_OUT_OF_MEMORY` */
export function widenData<D extends DType>(dtype: D, data: TypedArrayOf[D]): Float32Array {
  if (dtype === "float32") return data as Float32Array;
  if (dtype === "int8" || dtype === "int32") return createArray(Float32Array, data);
  const values = allocate("float32", data.length);
  if (dtype === "bfloat16") {
    // bfloat16 is the upper half of a float32: shift the bits into place instead of converting numbers.
    const words = new Uint32Array(values.buffer);
    for (let i = 0; i < data.length; i++) words[i] = data[i] << 16;
  } else {
    const table = float16Values();
    for (let i = 0; i < data.length; i++) values[i] = table[data[i]];
  }
  return values;
}
