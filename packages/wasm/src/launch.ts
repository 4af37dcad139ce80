import type { KernelName } from "./kernels.ts";

/** One run of a kernel over all its items, which may be shared out among threads. */
export interface Launch {
  readonly kernel: KernelName;
  readonly items: number;
  /** Items that one thread takes at a time. The result does not depend on it. */
  readonly grain: number;
  /** What the kernel reads from its record: addresses, counts, codes. Up to `recordWords`, below 2^32; negative ones in two's complement. */
  readonly words: readonly number[];
}
