import type { OctetError } from "../errors.ts";
import { type Finding, Outcome } from "./outcome.ts";

/** The ops whose outcome is not known yet, in call order, and the unreported errors. */
export class OutcomeLedger {
  #open: Outcome[] = [];
  #unreported: Outcome[] = [];

  /** The number of unknown outcomes. */
  get openCount(): number {
    return this.#open.length;
  }

  /** The outcome of an op on handles with these outcomes; undefined where nothing can have gone wrong. */
  open(inputs: Iterable<{ readonly outcome: Outcome | undefined }>, finding: Finding | undefined): Outcome | undefined {
    const doubtful: Outcome[] = [];
    for (const { outcome } of inputs) {
      if (outcome !== undefined && !(outcome.settled && outcome.error === undefined)) doubtful.push(outcome);
    }
    if (doubtful.length === 0 && finding === undefined) return undefined;
    const outcome = new Outcome(doubtful, finding);
    this.#open.push(outcome);
    return outcome;
  }

  /** Settles the outcomes that are known, in call order. */
  settle(): void {
    if (this.#unreported.length > 0) this.#dropReported();
    let count = 0;
    for (const outcome of this.#open) {
      if (!outcome.settle()) break;
      if (outcome.error !== undefined && outcome.isOrigin) this.#unreported.push(outcome);
      count++;
    }
    this.#open.splice(0, count);
  }

  /** The first error that no download has thrown. Each is handed out once. */
  takeUnreported(): OctetError | undefined {
    this.#dropReported();
    return this.#unreported.shift()?.report();
  }

  /** Drops errors that were thrown, so that a backend does not keep them if `sync` is never called. */
  #dropReported(): void {
    this.#unreported = this.#unreported.filter(({ reported }) => !reported);
  }
}
