import type { OctetError } from "@octet/core";
import { type Finding, nonFinite } from "@octet/core/backend";

/** Words of what a kernel notes: 1 once something is not finite, the first index of it, how many there are. Zeros before it runs. */
export const findingWords = 3;
export const findingBytes: number = findingWords * 4;

/** The notes of the launches of an op, known once they have run. */
export class NonFiniteFinding implements Finding {
  #known = false;
  #error: OctetError | undefined;

  get known(): boolean {
    return this.#known;
  }

  get error(): OctetError | undefined {
    return this.#error;
  }

  /** Takes in the words that the kernels left. */
  settle([noted, first, count]: Uint32Array): void {
    this.#known = true;
    if (noted !== 0) this.#error = nonFinite(first, count);
  }
}
