import {
  type FloatDType,
  granularityOf,
  type QuantizeSymmetricOptions,
  type TensorLike,
  validateOptions,
} from "@octet/core";
import { ErrorSums } from "./error-sums.ts";
import { largestMagnitude } from "./max-abs.ts";
import type { QuantizationError } from "./quantization-error.ts";
import { pairOf, type QuantizedPair } from "./quantized-pair.ts";
import { visitRuns } from "./runs.ts";

/**
 * Measures what a tensor lost by quantization. `dim` or `groupSize`, and `bits` (default 8), are those that made the codes; scales of a shape that does not fit
 * them are refused, but between two axes of the same extent nothing can tell that the wrong one was given.
 * @throws OctetError `ERR_SHAPE` when the shapes differ or `dim` or `groupSize` do not fit; `ERR_FORMAT` when codes and scales are not
 * valid; `ERR_NON_FINITE` when the original holds NaN or infinities; `ERR_DTYPE`
 */
export function calculateQuantizationError(
  original: TensorLike<FloatDType>,
  quantized: TensorLike<"int8">,
  scale: TensorLike<"float32">,
  options: QuantizeSymmetricOptions = {},
): QuantizationError {
  validateOptions("calculateQuantizationError", options, { dim: "any", groupSize: "any", bits: "any" });
  const { dim, groupSize, bits = 8 } = options;
  return errorOf(pairOf(original, { quantized, scale, granularity: granularityOf({ dim, groupSize }), bits }));
}

export function errorOf(pair: QuantizedPair): QuantizationError {
  const sums = new ErrorSums(largestMagnitude(pair.original, 0));
  visitRuns(pair, 0, (run) => sums.add(run));
  return sums.result();
}
