import { CompensatedSum } from "./compensated-sum.ts";
import type { QuantizationError, QuantizationErrorTotals } from "./quantization-error.ts";
import type { Run } from "./runs.ts";

/** What the four figures are computed from: sums and maxima over any number of runs, in float64. */
export class ErrorSums {
  /** Elements of at most this magnitude do not count for the relative error. */
  readonly #threshold: number;
  #count = 0;
  readonly #signal = new CompensatedSum();
  readonly #noise = new CompensatedSum();
  readonly #absolute = new CompensatedSum();
  #maxAbsError = 0;
  #maxRelativeError = 0;

  /** `maxAbs`: max |x| of the whole tensor. */
  constructor(maxAbs: number) {
    this.#threshold = 0.1 * maxAbs;
  }

  /** Elements so far. */
  get count(): number {
    return this.#count;
  }

  add({ values, offset, codes, start, length, scale }: Run): void {
    const threshold = this.#threshold;
    let signal = 0;
    let noise = 0;
    let absolute = 0;
    let maxAbsError = this.#maxAbsError;
    let maxRelativeError = this.#maxRelativeError;
    for (let i = 0; i < length; i++) {
      const x = values[offset + i];
      const error = Math.abs(x - codes[start + i] * scale);
      signal += x * x;
      noise += error * error;
      absolute += error;
      if (error > maxAbsError) maxAbsError = error;
      const magnitude = Math.abs(x);
      if (magnitude > threshold && error / magnitude > maxRelativeError) maxRelativeError = error / magnitude;
    }
    this.#count += length;
    this.#signal.add(signal);
    this.#noise.add(noise);
    this.#absolute.add(absolute);
    this.#maxAbsError = maxAbsError;
    this.#maxRelativeError = maxRelativeError;
  }

  totals(): QuantizationErrorTotals {
    return {
      count: this.#count,
      signal: this.#signal.value,
      noise: this.#noise.value,
      absolute: this.#absolute.value,
    };
  }

  result(): QuantizationError {
    const noise = this.#noise.value;
    return {
      maxAbsError: this.#maxAbsError,
      meanAbsError: this.#count === 0 ? 0 : this.#absolute.value / this.#count,
      relativeErrorPct: 100 * this.#maxRelativeError,
      snrDb: noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(this.#signal.value / noise),
    };
  }
}
