// One scale for a whole tensor: the maxima of blocks first, so that threads can share the work, then codes. A maximum does not depend on
// the order in which it is taken.
import { absmax, isNonFinite } from "./absmax";
import { scaleOf } from "./codes";
import { BFLOAT16, FLOAT32, bfloat16, float16 } from "./dtype";
import { quantizeRun } from "./quantize";
import { word } from "./record";

/** The maxima of blocks begin .. end - 1. Words: 0 source, 1 maxima (f32), 2 size in elements, 3 block in elements, 4 dtype. */
export function absmaxBlocks(record: usize, begin: usize, end: usize, scratch: usize): void {
  const dtype = <u32>word(record, 4);
  if (dtype == FLOAT32) absmaxBlocksAs<f32>(record, begin, end);
  else if (dtype == BFLOAT16) absmaxBlocksAs<bfloat16>(record, begin, end);
  else absmaxBlocksAs<float16>(record, begin, end);
}

function absmaxBlocksAs<T>(record: usize, begin: usize, end: usize): void {
  const source = word(record, 0);
  const maxima = word(record, 1);
  const size = word(record, 2);
  const block = word(record, 3);
  for (let b = begin; b < end; b++) {
    const first = b * block;
    store<f32>(maxima + (b << 2), absmax<T>(source + first * sizeof<T>(), min(block, size - first)));
  }
}

/**
 * The codes of blocks begin .. end - 1, and the scale. Words: 0 source, 1 maxima (f32), 2 size, 3 block, 4 dtype, 5 blocks, 6 codes (i8),
 * 7 scale (f32), 8 qmax, 9 lowest code, 10 status.
 */
export function quantizeBlocks(record: usize, begin: usize, end: usize, scratch: usize): void {
  const dtype = <u32>word(record, 4);
  if (dtype == FLOAT32) quantizeBlocksAs<f32>(record, begin, end);
  else if (dtype == BFLOAT16) quantizeBlocksAs<bfloat16>(record, begin, end);
  else quantizeBlocksAs<float16>(record, begin, end);
}

function quantizeBlocksAs<T>(record: usize, begin: usize, end: usize): void {
  const source = word(record, 0);
  const size = word(record, 2);
  const block = word(record, 3);
  const codes = word(record, 6);
  const qmax = <i32>word(record, 8);
  const lowest = <i32>word(record, 9);
  // Each caller reduces all maxima again: they are few, and nobody waits for a scale.
  const amax = absmax<f32>(word(record, 1), word(record, 5));
  const scale = scaleOf(amax, qmax);
  if (begin == 0) {
    if (isNonFinite(amax)) store<u32>(word(record, 10), 1);
    store<f32>(word(record, 7), scale);
  }
  for (let b = begin; b < end; b++) {
    const first = b * block;
    quantizeRun<T>(source + first * sizeof<T>(), codes + first, min(block, size - first), scale, lowest, qmax);
  }
}
