import { widen } from "@octet/core";
import type { QuantizedBlock } from "./quantize-codes.ts";

/** What quantization cost a tensor, in float64, and the sums that a total is made of. */
export interface LayerError {
  readonly maxAbsError: number;
  readonly meanAbsError: number;
  readonly relativeErrorPct: number;
  readonly snrDb: number;
  readonly elements: number;
  /** sum x^2 */
  readonly signal: number;
  /** sum d^2 */
  readonly noise: number;
}

export class ErrorMeter {
  readonly #threshold: number;
  #elements = 0;
  #signal = 0;
  #noise = 0;
  #absError = 0;
  #maxAbsError = 0;
  #relativeError = 0;

  constructor(amax: number) {
    this.#threshold = 0.1 * amax;
  }

  add({ original, codes, scales }: QuantizedBlock): void {
    const values = widen(original);
    const length = values.length / scales.length;
    let signal = 0;
    let noise = 0;
    let sum = 0;
    for (let run = 0, i = 0; run < scales.length; run++) {
      const scale = scales[run];
      for (const end = i + length; i < end; i++) {
        const x = values[i];
        const d = Math.abs(x - codes[i] * scale);
        signal += x * x;
        noise += d * d;
        sum += d;
        if (d > this.#maxAbsError) this.#maxAbsError = d;
        const magnitude = Math.abs(x);
        if (magnitude > this.#threshold && d > this.#relativeError * magnitude) this.#relativeError = d / magnitude;
      }
    }
    this.#elements += values.length;
    this.#signal += signal;
    this.#noise += noise;
    this.#absError += sum;
  }

  finish(): LayerError {
    return {
      maxAbsError: this.#maxAbsError,
      meanAbsError: this.#elements === 0 ? 0 : this.#absError / this.#elements,
      relativeErrorPct: 100 * this.#relativeError,
      snrDb: snrDb(this.#signal, this.#noise),
      elements: this.#elements,
      signal: this.#signal,
      noise: this.#noise,
    };
  }
}

export function snrDb(signal: number, noise: number): number {
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}
