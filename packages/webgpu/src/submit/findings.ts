import type { OctetError } from "@octet/core";
import { type Finding, nonFinite } from "@octet/core/backend";
import type { Verdict } from "./error-scopes.ts";
import { FindingPages, type FindingSlots, type PageOptions } from "./finding-pages.ts";

export interface FindingsOptions extends PageOptions {
  /** Copies pages to the host, as they are after everything submitted so far. */
  readonly read: (page: GPUBuffer) => Promise<Uint32Array>;
}

/** How it went to ask how everything went. */
export interface Collected {
  /** Whether all that was open is known now. */
  readonly complete: boolean;
  /** Why a page could not be copied. */
  readonly reason: unknown;
}

/**
 * What is not known yet of ops, uploads and copies: the device's verdict on their submission, and what kernels noted. Every read asks for
 * all of it: one copy of the pages that kernels write to, however many ops there were.
 */
export class Findings {
  readonly #read: FindingsOptions["read"];
  readonly #pages: FindingPages;
  #open: DeviceFinding[] = [];
  /** The running collection, if nothing was opened since it began. */
  #collecting: Promise<Collected> | undefined;

  constructor(options: FindingsOptions) {
    this.#read = options.read;
    this.#pages = new FindingPages(options);
  }

  /** Slots side by side, for kernels to note elements in that are not finite. They are zero, and used once. */
  take(count: number): FindingSlots {
    return this.#pages.take(count);
  }

  /** Takes back the slots of work that will not run. */
  giveBack(slots: FindingSlots): void {
    this.#pages.settle(slots);
  }

  /** The finding of work that the device may refuse, and perhaps of its kernels too. */
  open(verdict: Verdict, slots?: FindingSlots): Finding {
    const finding = new DeviceFinding(verdict, slots);
    this.#open.push(finding);
    this.#collecting = undefined;
    return finding;
  }

  /** Settles all open findings that were submitted. Those in a page that cannot be copied stay open. */
  collect(): Promise<Collected> {
    if (this.#collecting !== undefined) return this.#collecting;
    const collecting = this.#collect().finally(() => {
      if (this.#collecting === collecting) this.#collecting = undefined;
    });
    this.#collecting = collecting;
    return collecting;
  }

  destroy(): void {
    this.#pages.destroy();
    this.#open = [];
  }

  async #collect(): Promise<Collected> {
    const open = [...this.#open];
    const pages = this.#pages.unsettled();
    const [copies, errors] = await Promise.all([
      Promise.allSettled(pages.map(({ buffer }) => this.#read(buffer))),
      Promise.all(open.map(({ verdict }) => verdict)),
    ]);
    const words = new Map(pages.map(({ buffer }, index) => [buffer, wordsOf(copies[index])]));
    for (const [index, finding] of open.entries()) {
      // A collection that began later may have been first.
      if (finding.known) continue;
      const { slots } = finding;
      const notes = slots && words.get(slots.buffer);
      if (errors[index] === undefined && slots !== undefined && notes === undefined) continue;
      finding.settle(errors[index], notes);
      if (slots !== undefined) this.#pages.settle(slots);
    }
    this.#open = this.#open.filter(({ known }) => !known);
    const failed = copies.find((copy) => copy.status === "rejected");
    return { complete: open.every(({ known }) => known), reason: failed?.reason };
  }
}

function wordsOf(copy: PromiseSettledResult<Uint32Array>): Uint32Array | undefined {
  return copy.status === "fulfilled" ? copy.value : undefined;
}

class DeviceFinding implements Finding {
  readonly verdict: Verdict;
  readonly slots: FindingSlots | undefined;
  #known = false;
  #error: OctetError | undefined;

  constructor(verdict: Verdict, slots: FindingSlots | undefined) {
    this.verdict = verdict;
    this.slots = slots;
  }

  get known(): boolean {
    return this.#known;
  }

  get error(): OctetError | undefined {
    return this.#error;
  }

  /** Once, with what the device says, and with the words of the page of the slots: of several the first that was used counts. */
  settle(deviceError: OctetError | undefined, words: Uint32Array | undefined): void {
    this.#error = deviceError ?? (words && noted(words, this.slots as FindingSlots));
    this.#known = true;
  }
}

function noted(words: Uint32Array, { first, count }: FindingSlots): OctetError | undefined {
  for (let slot = first; slot < first + count; slot++) {
    const elements = words[slot * 2 + 1];
    if (elements > 0) return nonFinite(~words[slot * 2] >>> 0, elements);
  }
  return undefined;
}
