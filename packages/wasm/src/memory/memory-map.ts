/**
 * Where things lie at the bottom of the wasm memory, in bytes. Kernels' constants are at 1024 (scripts/compile-kernels.ts); above what is
 * listed here is the heap.
 */

/** Words of a record that a launch may use; assembly/record.ts. */
export const recordWords = 24;

/** A slot of the queue: 8 words of its own, then the record. */
export const slotHeaderWords = 8;
export const slotBytes = 128;

/** Launches that may be under way at a time. */
export const slots = 256;

/** The counters of the queue; pool-protocol.ts. */
export const controlAddress = 4096;

/** A record for the thread that calls ops. */
export const hostRecordAddress = 6144;

export const queueAddress = 8192;

/** What a thread needs for itself while a kernel runs: 61,952 bytes in assembly/linear/gemm-integers.ts. */
export const scratchBytes = 65536;
export const scratchAddress = 65536;

export function slotAddress(slot: number): number {
  return queueAddress + slot * slotBytes;
}

/** Where the record of a slot lies, behind its own words. */
export function recordAddress(slot: number): number {
  return slotAddress(slot) + slotHeaderWords * 4;
}

export function threadScratch(thread: number): number {
  return scratchAddress + thread * scratchBytes;
}

export function heapAddress(threads: number): number {
  return threadScratch(threads);
}
