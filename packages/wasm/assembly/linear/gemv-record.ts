import { Address, Count, DTypeCode } from "../record";

/** For gemv-floats, and for gemv-codes, to which it hands codes. */
@unmanaged
export class GemvFloats {
  /** [k], as pack-rows with 1 row leaves it. */
  x: Address;
  n: Count;
  k: Count;
  /** [n, k] */
  weights: Address;
  weightDType: DTypeCode;
  /** f32 [n, k / group] of codes, or fewer with a stride of 0. */
  scales: Address;
  /** Bytes from the scales of one column to those of the next. */
  scaleStride: Count;
  /** Input features that share a scale: all of them, or a multiple of 8. */
  group: Count;
  /** f32 [n] */
  bias: Address;
  /** [n] */
  output: Address;
  /** Of the output. */
  dtype: DTypeCode;
  /** For gemv-codes: the largest |x| (f32), then from the 16th byte on x as pack-rows transposes it. 0: it may not be used. */
  transposed: Address;
}
