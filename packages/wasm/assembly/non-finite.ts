import { BFLOAT16, FLOAT32, bfloat16, float16, loadOne } from "./dtype";
import { isNonFinite } from "./absmax";
import { word } from "./record";

/**
 * Counts NaNs and infinities once a kernel has met one, to name the first in an error. Words: 0 source, 1 size in elements, 2 dtype,
 * 3 result: the first index, then the count (u32 each). It runs on one thread over everything, so the range is not used.
 */
export function countNonFinite(record: usize, begin: usize, end: usize, scratch: usize): void {
  const dtype = <u32>word(record, 2);
  if (dtype == FLOAT32) countAs<f32>(record);
  else if (dtype == BFLOAT16) countAs<bfloat16>(record);
  else countAs<float16>(record);
}

function countAs<T>(record: usize): void {
  const source = word(record, 0);
  const size = word(record, 1);
  const result = word(record, 3);
  let first: usize = 0;
  let count: usize = 0;
  for (let i: usize = 0; i < size; i++) {
    if (!isNonFinite(abs(loadOne<T>(source + i * sizeof<T>())))) continue;
    if (count++ == 0) first = i;
  }
  store<usize>(result, first);
  store<usize>(result, count, 4);
}
