import type { Verdict } from "./error-scopes.ts";

/** Bytes of a slot: the complement of the first flat index that is not finite (0: none), and how many there are. */
export const slotBytes = 8;

/** Slots of a page, unless more are wanted side by side. */
const pageSlots = 1024;

/** Slots that lie side by side. */
export interface FindingSlots {
  readonly buffer: GPUBuffer;
  /** Counted in slots, like `count`. */
  readonly first: number;
  readonly count: number;
}

export interface FindingPage {
  readonly buffer: GPUBuffer;
  readonly size: number;
  /** Slots that were taken. */
  used: number;
  /** Slots that nothing waits for any more. */
  settled: number;
  /** Whether more may be taken. */
  isOpen: boolean;
  /** Whether the device could make it. */
  isSound: boolean;
}

export interface PageOptions {
  /** Makes a buffer, which is zero, with the device's verdict on it. */
  readonly createPage: (bytes: number) => { readonly buffer: GPUBuffer; readonly verdict: Verdict | undefined };
  /** Enqueues what fills a buffer with zeroes. */
  readonly clear: (buffer: GPUBuffer) => Verdict;
}

/** The memory that kernels note their findings in. A page is used again once all its slots are settled. */
export class FindingPages {
  readonly #options: PageOptions;
  #pages: FindingPage[] = [];
  /** All buffers of pages. */
  readonly #buffers = new Set<GPUBuffer>();
  /** Those of zeroes, to be used again. */
  readonly #idle: GPUBuffer[] = [];

  constructor(options: PageOptions) {
    this.#options = options;
  }

  /** Slots that are zero. */
  take(count: number): FindingSlots {
    let page = this.#pages.at(-1);
    if (page === undefined || !page.isOpen || page.used + count > page.size) {
      if (page !== undefined) page.isOpen = false;
      this.#recycle();
      page = this.#openPage(Math.max(count, pageSlots));
    }
    const first = page.used;
    page.used += count;
    if (page.used === page.size) page.isOpen = false;
    return { buffer: page.buffer, first, count };
  }

  /** Nothing waits for these slots any more. */
  settle({ buffer, count }: FindingSlots): void {
    const page = this.#pages.find((page) => page.buffer === buffer);
    if (page !== undefined) page.settled += count;
    this.#recycle();
  }

  /** The pages whose content is still to be told. */
  unsettled(): readonly FindingPage[] {
    return this.#pages.filter(({ used, settled }) => settled < used);
  }

  destroy(): void {
    for (const buffer of this.#buffers) this.#discard(buffer);
    this.#pages = [];
  }

  /** If there was no memory for a page no more slots are taken of it, and it is not used again. */
  #openPage(size: number): FindingPage {
    const idle = size === pageSlots ? this.#idle.pop() : undefined;
    const { buffer, verdict } = idle === undefined ? this.#options.createPage(size * slotBytes) : { buffer: idle };
    const page: FindingPage = { buffer, size, used: 0, settled: 0, isOpen: true, isSound: true };
    this.#buffers.add(buffer);
    this.#pages.push(page);
    verdict?.then((error) => {
      if (error === undefined) return;
      page.isOpen = false;
      page.isSound = false;
      this.#recycle();
    });
    return page;
  }

  /** Pages that are closed and settled are cleared for new slots, and used again once the device has done so. */
  #recycle(): void {
    const isDone = ({ isOpen, used, settled }: FindingPage) => !isOpen && settled === used;
    const done = this.#pages.filter(isDone);
    if (done.length === 0) return;
    this.#pages = this.#pages.filter((page) => !isDone(page));
    for (const { buffer, size, isSound } of done) {
      if (isSound && size === pageSlots) this.#clear(buffer);
      else this.#discard(buffer);
    }
  }

  /** Slots must be zero: a buffer that was not cleared is destroyed. */
  async #clear(buffer: GPUBuffer): Promise<void> {
    const error = await this.#options.clear(buffer);
    if (error === undefined && this.#buffers.has(buffer)) this.#idle.push(buffer);
    else this.#discard(buffer);
  }

  #discard(buffer: GPUBuffer): void {
    this.#buffers.delete(buffer);
    buffer.destroy();
  }
}
