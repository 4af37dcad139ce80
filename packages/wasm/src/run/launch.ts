/** How the items of a launch are shared out. */
export interface Range {
  readonly items: number;
  /** Items that one thread takes at a time. The result does not depend on it. */
  readonly grain: number;
}

/** One run of a kernel over all its items, which may be shared out among threads. Made by the functions of generated/kernels.ts. */
export interface Launch extends Range {
  /** Its place in `kernelNames`. */
  readonly kernel: number;
  /** The words of its record: addresses, counts, codes, below 2^32; negative ones in two's complement. */
  readonly words: readonly number[];
  /** The address of what the kernel notes; 0 for kernels that take everything. See finding.ts. */
  readonly finding: number;
}
