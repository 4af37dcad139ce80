import type { SafetensorsDType } from "../dtype.ts";

/** What a tensor is to be in a file that is yet to be written. */
export interface TensorSpec {
  /** Any well-formed string but `__metadata__`, the empty one included. */
  readonly name: string;
  readonly dtype: SafetensorsDType;
  /** Whole numbers from 0; `[]` is a scalar. Elements lie in C order (the last dimension is contiguous), little endian. */
  readonly shape: readonly number[];
}

/** What a file holds under a name. */
export interface TensorInfo extends TensorSpec {
  /** Bytes of its data: product(shape) * bits per element / 8. */
  readonly byteLength: number;
}
