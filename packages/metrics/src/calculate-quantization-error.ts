import { type FloatDType, type GranularityOptions, granularityOf, type HostTensor, type TensorLike } from "@octet/core";
import { ErrorSums } from "./error-sums.ts";
import { largestMagnitude } from "./max-abs.ts";
import type { QuantizationError } from "./quantization-error.ts";
import { pairOf, type QuantizedPair } from "./quantized-pair.ts";
import { visitRuns } from "./runs.ts";

/**
 * Measures what a tensor lost by quantization. `dim` or `groupSize` are those that made the codes; scales of a shape that does not fit
 * them are refused, but between two axes of the same extent nothing can tell that the wrong one was given.
 * @throws OctetError `ERR_SHAPE` when the shapes differ or `dim` or `groupSize` do not fit; `ERR_FORMAT` when codes and scales are not
 * valid; `ERR_NON_FINITE` when the original holds NaN or infinities; `ERR_DTYPE`
 */
export function calculateQuantizationError(
  original: TensorLike<FloatDType>,
  quantized: HostTensor<"int8">,
  scale: HostTensor<"float32">,
  options: GranularityOptions = {},
): QuantizationError {
  return errorOf(pairOf(original, { quantized, scale, granularity: granularityOf(options), bits: 8 }));
}

export function errorOf(pair: QuantizedPair): QuantizationError {
  const sums = new ErrorSums(largestMagnitude(pair.original, 0));
  visitRuns(pair, 0, (run) => sums.add(run));
  return sums.result();
}
