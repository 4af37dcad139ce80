import type { OctetError } from "@octet/core";
import type { Submission } from "./command-queue.ts";
import { type FaultSlot, Outcome } from "./outcome.ts";

/** Slots of a page, 8 bytes each. */
const pageSlots = 1024;

interface Page {
  readonly buffer: GPUBuffer;
  /** Slots that were taken. */
  used: number;
  /** Slots of which nobody waits for what they say. */
  settled: number;
}

export interface LedgerOptions {
  /** Makes a buffer, which is zero. */
  readonly createPage: (bytes: number) => GPUBuffer;
  /** Enqueues what fills a buffer with zeroes. */
  readonly clear: (buffer: GPUBuffer) => void;
}

/** The ops whose outcome a read can tell. */
export interface Snapshot {
  /** To be copied before anything else is submitted. */
  readonly pages: readonly GPUBuffer[];
  /** Takes the copies, as words. */
  readonly settle: (findings: readonly Uint32Array[]) => Promise<void>;
}

/**
 * Keeps account of ops whose outcome is not known yet. Every read settles all of them: one copy of the pages that kernels write their
 * findings to, however many ops there were.
 */
export class OutcomeLedger {
  readonly #options: LedgerOptions;
  #pages: Page[] = [];
  /** Pages of zeroes, to be used again. */
  readonly #idle: GPUBuffer[] = [];
  #open: Outcome[] = [];
  #failed: Outcome[] = [];

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** A slot for an op that looks for elements that are not finite. Slots are zero, and used once. */
  takeSlot(): FaultSlot {
    let page = this.#pages.at(-1);
    if (page === undefined || page.used === pageSlots) {
      page = { buffer: this.#idle.pop() ?? this.#options.createPage(pageSlots * 8), used: 0, settled: 0 };
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
          if (outcome.settled) return;
          outcome.settle(errors[index], findingsOf(outcome, pages, findings));
          if (outcome.ownError !== undefined) this.#failed.push(outcome);
          if (outcome.slot !== undefined) this.#countSettled(outcome.slot.buffer);
        });
        this.#open = this.#open.filter(({ settled }) => !settled);
        this.#recyclePages();
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
    for (const buffer of [...this.#idle, ...this.#pages.map((page) => page.buffer)]) buffer.destroy();
    this.#pages = [];
  }

  #countSettled(buffer: GPUBuffer): void {
    const page = this.#pages.find((page) => page.buffer === buffer);
    if (page !== undefined) page.settled++;
  }

  /** Pages that are full and settled are cleared for new slots. */
  #recyclePages(): void {
    const done = (page: Page) => page.settled === pageSlots;
    for (const { buffer } of this.#pages.filter(done)) {
      this.#options.clear(buffer);
      this.#idle.push(buffer);
    }
    this.#pages = this.#pages.filter((page) => !done(page));
  }
}

function findingsOf(
  { slot }: Outcome,
  pages: readonly GPUBuffer[],
  findings: readonly Uint32Array[],
): readonly [number, number] {
  if (slot === undefined) return [0, 0];
  const words = findings[pages.indexOf(slot.buffer)];
  return [words[slot.index * 2], words[slot.index * 2 + 1]];
}
