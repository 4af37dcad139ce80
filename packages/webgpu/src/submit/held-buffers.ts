import type { BufferPool } from "./buffer-pool.ts";

/** Temporary buffers of a recorded program: its steps use them in turn, and nothing else does as long as the program lives. */
export class HeldBuffers {
  readonly #pool: BufferPool;
  readonly #all: GPUBuffer[] = [];
  readonly #free: GPUBuffer[] = [];

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** The smallest one that is free and large enough, or a new one. */
  take(bytes: number): GPUBuffer {
    let best = -1;
    for (const [index, { size }] of this.#free.entries()) {
      if (size >= bytes && (best < 0 || size < this.#free[best].size)) best = index;
    }
    if (best >= 0) return this.#free.splice(best, 1)[0];
    const buffer = this.#pool.take(bytes);
    this.#all.push(buffer);
    return buffer;
  }

  release(buffer: GPUBuffer): void {
    this.#free.push(buffer);
  }

  /** Gives all of them to the pool. */
  releaseAll(): void {
    for (const buffer of this.#all) this.#pool.release(buffer);
  }
}
