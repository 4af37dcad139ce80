import type { Verdict } from "./error-scopes.ts";
import type { Probation } from "./probation.ts";

export interface PoolOptions {
  readonly device: GPUDevice;
  readonly probation: Probation;
  /** What every buffer of the pool may be used for. */
  readonly usage: GPUBufferUsageFlags;
  /** Bytes of unused buffers that are kept for reuse; beyond them buffers are destroyed. */
  readonly maxIdleBytes: number;
  /** Submits what may use the pool's buffers: one that is destroyed before makes the submission invalid. */
  readonly flush: () => void;
}

/**
 * Buffers, reused. A released buffer may be handed out again at once, although the GPU may still be reading it: the queue runs everything
 * in call order. Buffers are rounded up to size classes, so their contents past what is asked for, and all contents of a reused one, are
 * arbitrary.
 */
export class BufferPool {
  readonly #options: PoolOptions;
  readonly #idle = new Map<number, GPUBuffer[]>();
  readonly #inUse = new Set<GPUBuffer>();
  readonly #distrusted = new WeakSet<GPUBuffer>();
  #idleBytes = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** A buffer of at least `bytes` bytes, with arbitrary contents. */
  take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes, this.#options.device.limits.maxBufferSize);
    const idle = this.#idle.get(size)?.pop();
    if (idle !== undefined) this.#idleBytes -= size;
    const buffer = idle ?? this.#create(size);
    this.#inUse.add(buffer);
    return buffer;
  }

  /** The device's verdict on buffers, of any pool, of which it is not known whether there was memory for them. */
  verdictOnAll(buffers: readonly GPUBuffer[]): Verdict | undefined {
    return this.#options.probation.verdictOnAll(buffers);
  }

  /** Takes a buffer back. What is enqueued already may go on using it. */
  release(buffer: GPUBuffer): void {
    if (!this.#inUse.delete(buffer)) return;
    if (this.#distrusted.has(buffer)) {
      this.#options.flush();
      buffer.destroy();
      return;
    }
    const idle = this.#idle.get(buffer.size);
    if (idle === undefined) this.#idle.set(buffer.size, [buffer]);
    else idle.push(buffer);
    this.#idleBytes += buffer.size;
    if (this.#idleBytes > this.#options.maxIdleBytes) this.#trim();
  }

  /** Has a buffer destroyed rather than reused. */
  discard(buffer: GPUBuffer): void {
    this.#distrusted.add(buffer);
    this.release(buffer);
  }

  /** Bytes that the pool holds on the device: in use, and kept for reuse. */
  get bytes(): { inUse: number; idle: number } {
    let inUse = 0;
    for (const { size } of this.#inUse) inUse += size;
    return { inUse, idle: this.#idleBytes };
  }

  /** Destroys the idle buffers. */
  clearIdle(): void {
    this.#options.flush();
    for (const buffers of this.#idle.values()) for (const buffer of buffers) buffer.destroy();
    this.#idle.clear();
    this.#idleBytes = 0;
  }

  /** Destroys all buffers, and with them what was to be done with them. */
  destroy(): void {
    this.clearIdle();
    for (const buffer of this.#inUse) buffer.destroy();
    this.#inUse.clear();
  }

  /** One for which there is no memory is destroyed when it comes back, and what is idle gives its memory away. */
  #create(size: number): GPUBuffer {
    const { device, probation, usage } = this.#options;
    const subject = () => `a buffer of ${size} bytes`;
    const buffer = probation.make(subject, () => device.createBuffer({ label: "octet", size, usage }));
    probation.verdictOn(buffer)?.then((error) => {
      if (error === undefined) return;
      this.#distrusted.add(buffer);
      this.clearIdle();
    });
    return buffer;
  }

  /** Down to half, the largest sizes first: they are the ones that are asked for least. */
  #trim(): void {
    const { maxIdleBytes, flush } = this.#options;
    flush();
    const sizes = [...this.#idle.keys()].sort((a, b) => b - a);
    for (const size of sizes) {
      const buffers = this.#idle.get(size) as GPUBuffer[];
      while (buffers.length > 0 && this.#idleBytes > maxIdleBytes / 2) {
        buffers.shift()?.destroy();
        this.#idleBytes -= size;
      }
    }
  }
}

/** The size that a buffer for `bytes` gets: at most an eighth more, a multiple of 256, so that buffers can be reused. */
export function sizeClass(bytes: number, limit: number): number {
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(Math.max(bytes, 1))) - 3));
  const size = Math.max(256, Math.ceil(bytes / step) * step);
  return Math.max(Math.min(size, Math.floor(limit / 4) * 4), Math.ceil(bytes / 4) * 4);
}
