// One scale for a whole tensor: the maxima of blocks first, so that threads can share the work, then codes. A maximum does not depend on
// the order in which it is taken.
import { absmax, isNonFinite } from "./absmax";
import { scaleOf } from "./codes";
import { bfloat16, float16 } from "../dtype/dtype";
import { quantizeRun } from "./quantize";
import { Address, Checked, Count, DTypeCode, note } from "../record";

@unmanaged
export class AbsmaxBlocks {
  /** [size] */
  source: Address;
  size: Count;
  /** Of the source. */
  dtype: DTypeCode;
  /** Elements of a block. */
  block: Count;
  /** f32, one for each block. */
  maxima: Address;
}

/** The maxima of blocks begin .. end - 1. */
export function absmaxBlocks(record: AbsmaxBlocks, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.dtype;
  if (dtype == DTypeCode.float32) absmaxBlocksAs<f32>(record, begin, end);
  else if (dtype == DTypeCode.bfloat16) absmaxBlocksAs<bfloat16>(record, begin, end);
  else absmaxBlocksAs<float16>(record, begin, end);
}

function absmaxBlocksAs<T>(record: AbsmaxBlocks, begin: usize, end: usize): void {
  const source = record.source;
  const maxima = record.maxima;
  const size = record.size;
  const block = record.block;
  for (let b = begin; b < end; b++) {
    const first = b * block;
    store<f32>(maxima + (b << 2), absmax<T>(source + first * sizeof<T>(), min(block, size - first)));
  }
}

@unmanaged
export class QuantizeBlocks extends Checked {
  /** Elements of a block. */
  block: Count;
  blocks: Count;
  /** f32 [blocks] */
  maxima: Address;
  /** i8 [size] */
  codes: Address;
  /** f32 */
  scale: Address;
  qmax: i32;
  /** The lowest code. */
  lowest: i32;
}

/** The codes of blocks begin .. end - 1, and the scale. */
export function quantizeBlocks(record: QuantizeBlocks, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.dtype;
  if (dtype == DTypeCode.float32) quantizeBlocksAs<f32>(record, begin, end);
  else if (dtype == DTypeCode.bfloat16) quantizeBlocksAs<bfloat16>(record, begin, end);
  else quantizeBlocksAs<float16>(record, begin, end);
}

function quantizeBlocksAs<T>(record: QuantizeBlocks, begin: usize, end: usize): void {
  const source = record.source;
  const size = record.size;
  const block = record.block;
  const codes = record.codes;
  const qmax = record.qmax;
  const lowest = record.lowest;
  // Each caller reduces all maxima again: they are few, and nobody waits for a scale.
  const amax = absmax<f32>(record.maxima, record.blocks);
  const scale = scaleOf(amax, qmax);
  if (begin == 0) {
    if (isNonFinite(amax)) note(record);
    store<f32>(record.scale, scale);
  }
  for (let b = begin; b < end; b++) {
    const first = b * block;
    quantizeRun<T>(source + first * sizeof<T>(), codes + first, min(block, size - first), scale, lowest, qmax);
  }
}
