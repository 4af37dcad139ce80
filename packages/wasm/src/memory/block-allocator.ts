interface Block {
  start: number;
  size: number;
}

/** Every block starts at a multiple of this, a cache line: threads that write neighbouring blocks do not disturb each other. */
export const blockAlignment = 64;

/** The size that a block of `bytes` takes. */
export function blockSize(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / blockAlignment)) * blockAlignment;
}

/**
 * Hands out blocks of an address range that may grow at its end. Only numbers: it does not touch the memory. Free neighbours are joined
 * at once, and the smallest free block that is large enough is taken, so that large ones stay whole.
 */
export class BlockAllocator {
  /** In the order of addresses; no two of them touch. */
  readonly #free: Block[] = [];
  /** Sizes of the blocks handed out, by their start. */
  readonly #used = new Map<number, number>();
  #end: number;

  /** An empty range that starts, and ends, at `start`, a multiple of `blockAlignment`. */
  constructor(start: number) {
    this.#end = start;
  }

  /** The end of the range. */
  get end(): number {
    return this.#end;
  }

  /** Bytes in blocks that are handed out. */
  get usedBytes(): number {
    let bytes = 0;
    for (const size of this.#used.values()) bytes += size;
    return bytes;
  }

  /** Free bytes at the end of the range: what an allocation that has to grow it need not add. */
  get freeAtEnd(): number {
    const last = this.#free.at(-1);
    return last !== undefined && last.start + last.size === this.#end ? last.size : 0;
  }

  /** The start of a block of at least `bytes`, or undefined when no free block is large enough. */
  allocate(bytes: number): number | undefined {
    const size = blockSize(bytes);
    let best = -1;
    for (let i = 0; i < this.#free.length; i++) {
      if (this.#free[i].size < size) continue;
      if (best < 0 || this.#free[i].size < this.#free[best].size) best = i;
    }
    if (best < 0) return undefined;
    const block = this.#free[best];
    const { start } = block;
    if (block.size === size) {
      this.#free.splice(best, 1);
    } else {
      block.start += size;
      block.size -= size;
    }
    this.#used.set(start, size);
    return start;
  }

  /** Takes a block back. @throws Error for an address that `allocate` did not give, or that was freed before */
  free(start: number): void {
    const size = this.#used.get(start);
    if (size === undefined) throw new Error(`no block starts at ${start}`);
    this.#used.delete(start);
    this.#insert({ start, size });
  }

  /** Moves the end of the range up to `end`. */
  grow(end: number): void {
    const start = this.#end;
    this.#end = end;
    if (end > start) this.#insert({ start, size: end - start });
  }

  #insert(block: Block): void {
    let low = 0;
    for (let high = this.#free.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (this.#free[middle].start < block.start) low = middle + 1;
      else high = middle;
    }
    const before = this.#free[low - 1];
    const after = this.#free[low];
    if (after !== undefined && block.start + block.size === after.start) {
      block.size += after.size;
      this.#free.splice(low, 1);
    }
    if (before !== undefined && before.start + before.size === block.start) before.size += block.size;
    else this.#free.splice(low, 0, block);
  }
}
