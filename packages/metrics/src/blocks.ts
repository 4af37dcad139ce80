import { type FloatDType, type HostTensor, hostTensor } from "@octet/core";

/** Elements that are widened, and summed without compensation, at a time. */
export const blockLength = 4096;

/** The elements from `start` to `end` as float32. Only these are copied, however large the tensor is. */
export function widenRange({ dtype, data }: HostTensor<FloatDType>, start: number, end: number): Float32Array {
  return hostTensor(dtype, [end - start], data.subarray(start, end) as typeof data).values();
}
