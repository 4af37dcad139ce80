import { bfloat16, float16, loadOne } from "./dtype/dtype";
import { isNonFinite } from "./quantize/absmax";
import { Address, Checked, Count, DTypeCode } from "./record";

/** Once a kernel has met a NaN or an infinity: counts them, to name the first in an error. It takes the kernel's record, and no range. */
export function countNonFinite(record: Checked, begin: usize, end: usize, scratch: usize): void {
  if (record.finding == 0 || load<u32>(record.finding) == 0) return;
  const dtype = record.dtype;
  if (dtype == DTypeCode.float32) countAs<f32>(record);
  else if (dtype == DTypeCode.bfloat16) countAs<bfloat16>(record);
  else countAs<float16>(record);
}

function countAs<T>(record: Checked): void {
  const source = record.source;
  const size = record.size;
  let first: usize = 0;
  let count: usize = 0;
  for (let i: usize = 0; i < size; i++) {
    if (!isNonFinite(abs(loadOne<T>(source + i * sizeof<T>())))) continue;
    if (count++ == 0) first = i;
  }
  store<usize>(record.finding, first, 4);
  store<usize>(record.finding, count, 8);
}

@unmanaged
export class CollectFindings {
  /** Three u32 for each of `count` launches, as their records' `finding`. */
  findings: Address;
  count: Count;
  /** Three u32. */
  result: Address;
}

/** Takes the findings of a program's launches: the first that is one becomes the result, and all are cleared for the next run. One item. */
export function collectFindings(record: CollectFindings, begin: usize, end: usize, scratch: usize): void {
  const result = record.result;
  memory.fill(result, 0, 12);
  for (let i: usize = 0; i < record.count; i++) {
    const finding = record.findings + i * 12;
    if (load<u32>(finding) == 0) continue;
    if (load<u32>(result) == 0) memory.copy(result, finding, 12);
    memory.fill(finding, 0, 12);
  }
}
