import { OctetError } from "@octet/core";
import { BlockAllocator, blockSize } from "./block-allocator.ts";

export const pageBytes = 65536;

/**
 * The end of what 32-bit addresses may use. The last page stays out of it, so that an address past the end of a block never wraps around
 * to 0.
 */
export const addressLimit: number = 65535 * pageBytes;

/** Growing by this much more than needed saves calls; given up where memory is scarce. */
const growthBytes = 16 * 2 ** 20;

/**
 * The memory above what memory-map.ts reserves, in blocks. It grows as needed and never shrinks: WebAssembly has no way to give memory back,
 * but what is freed is used again.
 */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  readonly #blocks: BlockAllocator;
  readonly #limit: number;

  /** `start`: where the heap begins. `limit`: where it must end, in bytes; a multiple of a page. */
  constructor(memory: WebAssembly.Memory, start: number, limit: number) {
    this.#memory = memory;
    this.#blocks = new BlockAllocator(start);
    this.#limit = limit;
    this.#blocks.grow(Math.min(memory.buffer.byteLength, limit));
  }

  /** Bytes in blocks that are handed out, rounded up to whole blocks. */
  get usedBytes(): number {
    return this.#blocks.usedBytes;
  }

  /**
   * Blocks of at least these sizes in bytes, their contents undefined: all of them or none. 0 bytes take no block, and get the address 0.
   * `reclaim` is called when memory runs out; when it returns true, it has freed some.
   * @throws OctetError `ERR_OUT_OF_MEMORY`
   */
  allocate(sizes: readonly number[], reclaim: () => boolean): number[] {
    const addresses: number[] = [];
    try {
      for (const size of sizes) addresses.push(this.#allocateOne(size, reclaim));
    } catch (error) {
      for (const address of addresses) this.free(address);
      throw error;
    }
    return addresses;
  }

  free(address: number): void {
    if (address !== 0) this.#blocks.free(address);
  }

  /** The memory of a block, or of part of it. Valid until the next allocation. */
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, length);
  }

  /** Whole words; `address` is a multiple of 4. Valid until the next allocation. */
  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, address, length);
  }

  #allocateOne(bytes: number, reclaim: () => boolean): number {
    if (bytes === 0) return 0;
    for (;;) {
      const address = this.#blocks.allocate(bytes) ?? (this.#grow(bytes) ? this.#blocks.allocate(bytes) : undefined);
      if (address !== undefined) return address;
      if (reclaim()) continue;
      throw new OctetError(
        "ERR_OUT_OF_MEMORY",
        `${bytes} bytes in one piece were asked for while ${this.usedBytes} of ${this.#limit} are in use; ` +
          "dispose tensors that are no longer needed, await sync() where ops under way still hold some, or split the work",
      );
    }
  }

  /** Makes room at the end for `bytes`. False when the memory cannot grow that far. */
  #grow(bytes: number): boolean {
    const needed = this.#blocks.end + blockSize(bytes) - this.#blocks.freeAtEnd;
    if (needed > this.#limit) return false;
    return this.#growTo(Math.min(needed + growthBytes, this.#limit)) || this.#growTo(needed);
  }

  #growTo(end: number): boolean {
    const pages = Math.ceil(end / pageBytes) - this.#memory.buffer.byteLength / pageBytes;
    try {
      if (pages > 0) this.#memory.grow(pages);
    } catch {
      return false;
    }
    this.#blocks.grow(Math.min(this.#memory.buffer.byteLength, this.#limit));
    return true;
  }
}
