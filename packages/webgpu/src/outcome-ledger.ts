import type { OctetError } from "@octet/core";
import type { Submission } from "./command-queue.ts";
import type { Verdict } from "./error-scopes.ts";
import { type FaultSlot, Outcome } from "./outcome.ts";

/** Slots of a page, 8 bytes each. */
const pageSlots = 1024;

interface Page {
  readonly buffer: GPUBuffer;
  /** Slots that it has: no more than were taken, once the device has said that it could not make the page. */
  capacity: number;
  /** Slots that were taken. */
  used: number;
  /** Slots of which nobody waits for what they say. */
  settled: number;
}

export interface LedgerOptions {
  /** Makes a buffer, which is zero, with the device's verdict on it. */
  readonly createPage: (bytes: number) => { readonly buffer: GPUBuffer; readonly verdict: Verdict | undefined };
  /** Enqueues what fills a buffer with zeroes. */
  readonly clear: (buffer: GPUBuffer) => Submission;
}

/** The ops whose outcome a read can tell. */
export interface Snapshot {
  /** To be copied before anything else is submitted. */
  readonly pages: readonly GPUBuffer[];
  /**
   * Takes the copies, as words, of the pages that could be copied. What is told by none stays open.
   * @returns whether all is known
   */
  readonly settle: (findings: readonly (Uint32Array | undefined)[]) => Promise<boolean>;
}

/**
 * Keeps account of ops whose outcome is not known yet. Every read settles all of them: one copy of the pages that kernels write their
 * findings to, however many ops there were.
 */
export class OutcomeLedger {
  readonly #options: LedgerOptions;
  #pages: Page[] = [];
  /** All buffers of pages. */
  readonly #buffers = new Set<GPUBuffer>();
  /** Those of zeroes, to be used again. */
  readonly #idle: GPUBuffer[] = [];
  #open: Outcome[] = [];
  #failed: Outcome[] = [];

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** A slot for an op that looks for elements that are not finite. Slots are zero, and used once. */
  takeSlot(): FaultSlot {
    let page = this.#pages.at(-1);
    if (page === undefined || page.used === page.capacity) {
      page = { buffer: this.#idle.pop() ?? this.#createBuffer(), capacity: pageSlots, used: 0, settled: 0 };
      this.#pages.push(page);
    }
    return { buffer: page.buffer, index: page.used++ };
  }

  /** Takes back the slot of an op that will not run. */
  returnSlot({ buffer }: FaultSlot): void {
    this.#countSettled(buffer);
    this.#recyclePages();
  }

  /** Opens the account of an op. */
  open(inputs: readonly (Outcome | undefined)[], slot: FaultSlot | undefined, submission: Submission): Outcome {
    const outcome = new Outcome(
      inputs.filter((input) => input !== undefined),
      slot,
      submission,
    );
    this.#open.push(outcome);
    return outcome;
  }

  /** The pages to copy, once all is submitted: what they hold then is enough to settle every outcome that is open now. */
  snapshot(): Snapshot {
    const open = [...this.#open];
    const pages = this.#pages.filter(({ used, settled }) => settled < used).map(({ buffer }) => buffer);
    return {
      pages,
      settle: async (findings) => {
        const errors = await Promise.all(open.map(({ submission }) => submission.verdict));
        open.forEach((outcome, index) => {
          // A read that began later may have settled it already.
          if (outcome.settled || !outcome.inputsSettled) return;
          const found = errors[index] === undefined ? findingsOf(outcome, pages, findings) : ([0, 0] as const);
          if (found === undefined) return;
          outcome.settle(errors[index], found);
          if (outcome.ownError !== undefined) this.#failed.push(outcome);
          if (outcome.slot !== undefined) this.#countSettled(outcome.slot.buffer);
        });
        this.#open = this.#open.filter(({ settled }) => !settled);
        this.#recyclePages();
        return open.every(({ settled }) => settled);
      },
    };
  }

  /** The first error that no download has reported; each is thrown once. */
  takeError(): OctetError | undefined {
    const unreported = this.#failed.find(({ reported }) => !reported);
    this.#failed = this.#failed.filter((outcome) => outcome !== unreported && !outcome.reported);
    return unreported?.ownError;
  }

  destroy(): void {
    for (const buffer of this.#buffers) this.#discard(buffer);
    this.#pages = [];
    this.#open = [];
    this.#failed = [];
  }

  /** A buffer for a page. If there was no memory for it no more slots are taken of it, and it is not used again. */
  #createBuffer(): GPUBuffer {
    const { buffer, verdict } = this.#options.createPage(pageSlots * 8);
    this.#buffers.add(buffer);
    verdict?.then((error) => {
      const page = this.#pages.find((page) => page.buffer === buffer);
      if (error === undefined || page === undefined) return;
      page.capacity = page.used;
      this.#recyclePages();
    });
    return buffer;
  }

  #countSettled(buffer: GPUBuffer): void {
    const page = this.#pages.find((page) => page.buffer === buffer);
    if (page !== undefined) page.settled++;
  }

  /** Pages that are full and settled are cleared for new slots, and used again once the device has done so. */
  #recyclePages(): void {
    const done = (page: Page) => page.settled === page.capacity;
    for (const { buffer, capacity } of this.#pages.filter(done)) {
      if (capacity < pageSlots) this.#discard(buffer);
      else this.#clear(buffer);
    }
    this.#pages = this.#pages.filter((page) => !done(page));
  }

  /** Slots must be zero: a buffer that was not cleared is destroyed. */
  async #clear(buffer: GPUBuffer): Promise<void> {
    const error = await this.#options.clear(buffer).verdict;
    if (error === undefined) this.#idle.push(buffer);
    else this.#discard(buffer);
  }

  #discard(buffer: GPUBuffer): void {
    this.#buffers.delete(buffer);
    buffer.destroy();
  }
}

/** What the kernels of an op noted; undefined if its page could not be copied. */
function findingsOf(
  { slot }: Outcome,
  pages: readonly GPUBuffer[],
  findings: readonly (Uint32Array | undefined)[],
): readonly [number, number] | undefined {
  if (slot === undefined) return [0, 0];
  const words = findings[pages.indexOf(slot.buffer)];
  return words && [words[slot.index * 2], words[slot.index * 2 + 1]];
}
