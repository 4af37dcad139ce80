// Rows of a state. The memory of a slot has `rows` rows, each padded to `stride` bytes; the row of position p is row p % rows. How many
// positions there are is read from memory when the launch runs: a recorded program runs again at other lengths.
import { absmax, isNonFinite } from "../quantize/absmax";
import { bfloat16, float16 } from "../dtype/dtype";
import { Address, Checked, Count, DTypeCode, note } from "../record";

@unmanaged
export class WriteRows extends Checked {
  /** [rows, stride] */
  memory: Address;
  /** i32 */
  length: Address;
  rows: Count;
  stride: Count;
  rowBytes: Count;
  /** Rows of the source. */
  count: Count;
}

/** The rows of the source become those of the positions after the length, all of them or, when something is not finite, none. One item. */
export function writeRows(record: WriteRows, begin: usize, end: usize, scratch: usize): void {
  if (record.finding != 0 && isNonFinite(absmaxOf(record))) {
    note(record);
    return;
  }
  const rowBytes = record.rowBytes;
  const first = <usize>load<i32>(record.length);
  for (let row: usize = 0; row < record.count; row++) {
    memory.copy(rowAt(record.memory, first + row, record.rows, record.stride), record.source + row * rowBytes, rowBytes);
  }
}

function absmaxOf(record: Checked): f32 {
  if (record.dtype == DTypeCode.float32) return absmax<f32>(record.source, record.size);
  if (record.dtype == DTypeCode.bfloat16) return absmax<bfloat16>(record.source, record.size);
  return absmax<float16>(record.source, record.size);
}

@unmanaged
export class ReadRows {
  /** [rows, stride] */
  memory: Address;
  /** i32 */
  length: Address;
  rows: Count;
  stride: Count;
  rowBytes: Count;
  /** [count, rowBytes] */
  output: Address;
  count: Count;
}

/** Of the last `count` rows those from begin to end - 1, oldest first; zeros before position 0. */
export function readRows(record: ReadRows, begin: usize, end: usize, scratch: usize): void {
  const rowBytes = record.rowBytes;
  const first = load<i32>(record.length) - <i32>record.count;
  for (let row = begin; row < end; row++) {
    const target = record.output + row * rowBytes;
    const position = first + <i32>row;
    if (position < 0) memory.fill(target, 0, rowBytes);
    else memory.copy(target, rowAt(record.memory, position, record.rows, record.stride), rowBytes);
  }
}

// @ts-ignore: decorator
@inline
function rowAt(memory: usize, position: usize, rows: usize, stride: usize): usize {
  return memory + (position % rows) * stride;
}
