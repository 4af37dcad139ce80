import { Address, Count } from "../record";

@unmanaged
export class SetLength {
  /** i32 */
  length: Address;
  value: Count;
}

/** Sets how many positions a state has. One item. */
export function setLength(record: SetLength, begin: usize, end: usize, scratch: usize): void {
  store<i32>(record.length, record.value);
}

@unmanaged
export class Advance {
  /** i32 */
  length: Address;
  count: Count;
}

/** Adds positions to a state. One item. */
export function advance(record: Advance, begin: usize, end: usize, scratch: usize): void {
  store<i32>(record.length, load<i32>(record.length) + <i32>record.count);
}

@unmanaged
export class Positions {
  /** i32 */
  length: Address;
  /** i32 [count] */
  output: Address;
  count: Count;
}

/** The positions after the length. One item. */
export function positions(record: Positions, begin: usize, end: usize, scratch: usize): void {
  const first = load<i32>(record.length);
  for (let i: usize = 0; i < record.count; i++) store<i32>(record.output + (i << 2), first + <i32>i);
}
