import {
  bitsToFloat32,
  type FloatDType,
  type HostTensor,
  normalizeFloatTensor,
  type OctetError,
  type TensorLike,
} from "@octet/core";
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

/** The bits of a float32 without its sign. As integers they are in the order of the magnitudes, infinity and NaN last. */
const magnitudeMask = 0x7fffffff;
const infinity = 0x7f800000;

/** `maxAbsOf` of the part of a tensor that starts at its element `firstIndex`, which errors count from. */
export function largestMagnitude(tensor: HostTensor<FloatDType>, firstIndex: number): number {
  // Integers are compared: NaN does not escape them, and looking for it in floats takes three times as long.
  let largest = 0;
  for (const values of blocksOf(tensor)) {
    const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < bits.length; i++) {
      const magnitude = bits[i] & magnitudeMask;
      if (magnitude > largest) largest = magnitude;
    }
  }
  if (largest >= infinity) throw nonFiniteIn(tensor, firstIndex);
  return bitsToFloat32(largest);
}

function nonFiniteIn(tensor: HostTensor<FloatDType>, firstIndex: number): OctetError {
  const bad = { first: -1, value: 0, count: 0 };
  let start = 0;
  for (const values of blocksOf(tensor)) {
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i]) || bad.count++ > 0) continue;
      bad.first = start + i;
      bad.value = values[i];
    }
    start += values.length;
  }
  return nonFinite(firstIndex + bad.first, bad.count, bad.value);
}

/** All elements as float32, in order, a block at a time. */
function* blocksOf(tensor: HostTensor<FloatDType>): Generator<Float32Array> {
  const { length } = tensor.data;
  for (let start = 0; start < length; start += blockLength) {
    yield widenRange(tensor, start, Math.min(start + blockLength, length));
  }
}
