import {
  type FloatDType,
  formatValue,
  OctetError,
  type QuantizedTensorLike,
  type TensorLike,
  validateOptions,
} from "@octet/core";
import { ErrorSums } from "./error-sums.ts";
import { largestMagnitude } from "./max-abs.ts";
import type { QuantizationError, QuantizationErrorTotals } from "./quantization-error.ts";
import { pairOf } from "./quantized-pair.ts";
import { visitRuns } from "./runs.ts";

/** Measures a tensor that is never in memory as a whole. */
export interface ErrorAccumulator {
  /**
   * Adds the next block, in the order of the tensor. Cut between rows, and what you add up gives the figures of the whole tensor to the
   * last bit. A block that is refused leaves the figures as they were.
   * @throws OctetError as `calculateQuantizationError` does; indices in messages count from the start of the tensor. `ERR_UNSUPPORTED`
   * when an element is larger than `maxAbs`.
   */
  add(original: TensorLike<FloatDType>, tensor: QuantizedTensorLike): void;
  /** The figures of all blocks so far. */
  result(): QuantizationError;
  /** The sums that they are made of, for figures of several tensors together. */
  totals(): QuantizationErrorTotals;
}

export interface ErrorAccumulatorOptions {
  /**
   * max |x| of the whole tensor. The relative error looks only at elements above a tenth of it, so it must be known before the first
   * block: read the tensor once with `maxAbsOf`, which also finds a NaN before anything is written, then once more to quantize it.
   */
  readonly maxAbs: number;
}

/** @throws OctetError `ERR_UNSUPPORTED` unless `maxAbs` is finite and 0 or more */
export function createErrorAccumulator(options: ErrorAccumulatorOptions): ErrorAccumulator {
  validateOptions("createErrorAccumulator", options, { maxAbs: "any" });
  const { maxAbs } = options;
  if (!(typeof maxAbs === "number" && maxAbs >= 0 && maxAbs < Number.POSITIVE_INFINITY)) {
    throw new OctetError("ERR_UNSUPPORTED", `got maxAbs ${formatValue(maxAbs)}; pass max |x| of the whole tensor`);
  }
  const sums = new ErrorSums(maxAbs);
  return {
    add(original, tensor) {
      const pair = pairOf(original, tensor);
      const largest = largestMagnitude(pair.original, sums.count);
      if (largest > maxAbs) {
        throw new OctetError(
          "ERR_UNSUPPORTED",
          `the block from element ${sums.count} has a magnitude of ${largest}, above the maxAbs of ${maxAbs}; pass max |x| of the whole tensor`,
        );
      }
      visitRuns(pair, sums.count, (run) => sums.add(run));
    },
    result: () => sums.result(),
    totals: () => sums.totals(),
  };
}
