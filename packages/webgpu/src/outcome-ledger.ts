import type { OctetError } from "@octet/core";
import { bufferUsage } from "./gpu-flags.ts";
import { type FaultSlot, Outcome } from "./outcome.ts";

/** Slots of a page, 8 bytes each. */
const pageSlots = 1024;

interface Page {
  readonly buffer: GPUBuffer;
  used: number;
  settled: number;
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
  readonly #device: GPUDevice;
  #pages: Page[] = [];
  #open: Outcome[] = [];
  #failed: Outcome[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A slot for an op that looks for elements that are not finite. Slots are zero, and used once. */
  takeSlot(): FaultSlot {
    let page = this.#pages.at(-1);
    if (page === undefined || page.used === pageSlots) {
      // A new buffer is zero.
      const buffer = this.#device.createBuffer({
        label: "octet findings",
        size: pageSlots * 8,
        usage: bufferUsage.storage | bufferUsage.copySource,
      });
      page = { buffer, used: 0, settled: 0 };
      this.#pages.push(page);
    }
    return { buffer: page.buffer, index: page.used++ };
  }

  /** Opens the account of an op. */
  open(
    inputs: readonly (Outcome | undefined)[],
    slot: FaultSlot | undefined,
    deviceError: Promise<OctetError | undefined>,
  ): Outcome {
    const outcome = new Outcome(
      inputs.filter((input) => input !== undefined),
      slot,
      deviceError,
    );
    this.#open.push(outcome);
    return outcome;
  }

  /** The pages to copy, now: what they hold then is enough to settle every outcome that is open now. */
  snapshot(): Snapshot {
    const open = [...this.#open];
    const pages = this.#pages.map(({ buffer }) => buffer);
    return {
      pages,
      settle: async (findings) => {
        const errors = await Promise.all(open.map(({ deviceError }) => deviceError));
        open.forEach((outcome, index) => {
          // A read that began later may have settled it already.
          if (outcome.settled) return;
          outcome.settle(errors[index], findingsOf(outcome, pages, findings));
          if (outcome.ownError !== undefined) this.#failed.push(outcome);
          const page = this.#pages.find(({ buffer }) => buffer === outcome.slot?.buffer);
          if (page !== undefined) page.settled++;
        });
        this.#open = this.#open.filter(({ settled }) => !settled);
        this.#dropPages();
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
    for (const { buffer } of this.#pages) buffer.destroy();
    this.#pages = [];
  }

  /** Destroys pages that are full and settled. */
  #dropPages(): void {
    const done = (page: Page) => page.settled === pageSlots;
    for (const page of this.#pages) if (done(page)) page.buffer.destroy();
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
