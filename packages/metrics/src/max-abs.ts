import { type FloatDType, type HostTensor, normalizeFloatTensor, type TensorLike } from "@octet/core";
import { nonFinite } from "@octet/core/backend";
import { blockLength, widenRange } from "./blocks.ts";

/**
 * max |x| of a tensor, 0 when it is empty. For a tensor that is read in blocks, the largest of the blocks' own is what
 * `createErrorAccumulator` asks for.
 * @throws OctetError `ERR_NON_FINITE` naming the first NaN or infinity and how many there are; `ERR_DTYPE`, `ERR_SHAPE`
 */
export function maxAbsOf(tensor: TensorLike<FloatDType>): number {
  return largestMagnitude(normalizeFloatTensor(tensor, "the tensor"), 0);
}

/** `maxAbsOf` of the part of a tensor that starts at its element `firstIndex`, which errors count from. */
export function largestMagnitude(tensor: HostTensor<FloatDType>, firstIndex: number): number {
  let largest = 0;
  let firstBad = -1;
  let bad = 0;
  for (let start = 0; start < tensor.data.length; start += blockLength) {
    const values = widenRange(tensor, start, Math.min(start + blockLength, tensor.data.length));
    for (let i = 0; i < values.length; i++) {
      const magnitude = Math.abs(values[i]);
      if (magnitude > largest) largest = magnitude;
      if (magnitude < Number.POSITIVE_INFINITY) continue;
      if (bad++ === 0) firstBad = start + i;
    }
  }
  if (bad > 0) throw nonFinite(firstIndex + firstBad, bad, widenRange(tensor, firstBad, firstBad + 1)[0]);
  return largest;
}
