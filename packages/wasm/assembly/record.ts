// A kernel takes its record, the range of items that it shall do, and the address of scratch memory of its own. A record is declared once,
// as a class beside its kernel: every field is one 32-bit word. scripts/read-records.ts reads the classes, and writes the functions by which
// src/launches/ fills records in.

/** Bytes from the start of the memory; 0 for what is not there. */
export type Address = usize;

/** How many of something. */
export type Count = usize;

/** The numbers that stand for dtypes. */
export const enum DTypeCode {
  float32,
  float16,
  bfloat16,
  /** int8, where weights may be codes. */
  codes,
}

/** The first fields of kernels that take only finite elements. Once such a launch has run, `countNonFinite` is called with its record. */
@unmanaged
export class Checked {
  /** [size] of dtype. */
  source: Address;
  size: Count;
  dtype: DTypeCode;
  /** Three u32: 1 once something is not finite, the first index of it, how many there are. 0: `source` is not looked at. */
  finding: Address;
}

/** Notes that something is not finite. */
// @ts-ignore: decorator
@inline
export function note(record: Checked): void {
  store<u32>(record.finding, 1);
}
