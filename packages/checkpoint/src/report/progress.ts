import type { QuantizationProgress } from "../options.ts";

/** Milliseconds of work after which the event loop gets its turn: timers, signals and a page's painting wait no longer. */
const breathingInterval = 50;

/** Counts the bytes read, reports them to listeners, and stops the work when the signal says so. */
export class ProgressMeter {
  readonly #bytesTotal: number;
  readonly #onProgress: ((progress: QuantizationProgress) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  #bytesDone = 0;
  #lastBreath: number = performance.now();

  constructor(
    bytesTotal: number,
    options: { readonly onProgress?: (progress: QuantizationProgress) => void; readonly signal?: AbortSignal },
  ) {
    this.#bytesTotal = bytesTotal;
    this.#onProgress = options.onProgress;
    this.#signal = options.signal;
  }

  /** Call after each block. Rejects with the signal's reason once it is aborted. */
  async advance(tensor: string, bytes: number): Promise<void> {
    this.#bytesDone += bytes;
    this.#onProgress?.({ tensor, bytesDone: this.#bytesDone, bytesTotal: this.#bytesTotal });
    // Reading from memory never leaves the microtask queue, so nothing else would run until the end.
    if (performance.now() - this.#lastBreath > breathingInterval) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#lastBreath = performance.now();
    }
    this.#signal?.throwIfAborted();
  }
}
