import { Address, Count } from "./record";

@unmanaged
export class CopyBytes {
  source: Address;
  target: Address;
  size: Count;
  /** Bytes of a block. */
  block: Count;
}

/** Copies blocks begin .. end - 1 to memory that does not overlap. */
export function copyBytes(record: CopyBytes, begin: usize, end: usize, scratch: usize): void {
  const first = begin * record.block;
  memory.copy(record.target + first, record.source + first, min(end * record.block, record.size) - first);
}
