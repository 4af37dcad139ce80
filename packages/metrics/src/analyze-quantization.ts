import { type FloatDType, type QuantizedTensorLike, type TensorLike, validateOptions } from "@octet/core";
import { errorOf } from "./calculate-quantization-error.ts";
import { type ChannelErrors, channelErrorsOf } from "./channel-errors.ts";
import { countCodes, histogramOfCodes, shareOfEndCodes } from "./code-counts.ts";
import { cosineSimilarityOf } from "./cosine-similarity.ts";
import { histogramOfErrors } from "./error-histogram.ts";
import type { Histogram } from "./histogram.ts";
import type { QuantizationError } from "./quantization-error.ts";
import { pairOf } from "./quantized-pair.ts";

export interface AnalyzeQuantizationOptions {
  /** The axis of the channels; default: the axis that keeps its own scales, else 0, the outputs of a weight. */
  readonly channelDim?: number;
  /** Default 2^bits: one bin for each code. */
  readonly codeBins?: number;
  /** Default 65: an odd number gives errors around 0 a bin of their own. */
  readonly errorBins?: number;
}

/** Where the loss of a quantized tensor is. */
export interface QuantizationAnalysis extends QuantizationError {
  /** of x and code * scale, -1 to 1 */
  readonly cosineSimilarity: number;
  readonly channels: ChannelErrors;
  /** The share of codes with |code| >= 2^(bits-1) - 1, 0 to 1. Each scale puts at least one there; many mean a flat distribution. */
  readonly endCodeShare: number;
  readonly codeHistogram: Histogram;
  /** of d = x - code * scale, from -maxAbsError to maxAbsError (or -0.5 to 0.5 when nothing was lost) */
  readonly errorHistogram: Histogram;
}

/**
 * Says where the loss of a quantized tensor is: the figures of `calculateQuantizationError`, the same for each channel and the worst of
 * them, cosine similarity, and the distributions of codes and errors.
 * @throws OctetError as `calculateQuantizationError` does; `ERR_SHAPE` when `channelDim` is not an axis; `ERR_UNSUPPORTED` for bins that
 * are not a whole number above 0, or for unknown options
 */
export function analyzeQuantization(
  original: TensorLike<FloatDType>,
  tensor: QuantizedTensorLike,
  options: AnalyzeQuantizationOptions = {},
): QuantizationAnalysis {
  validateOptions("analyzeQuantization", options, { channelDim: "any", codeBins: "any", errorBins: "any" });
  const pair = pairOf(original, tensor);
  const { granularity, bits, quantized } = pair.tensor;
  const { codeBins = 2 ** bits, errorBins = 65 } = options;
  const { channelDim = granularity.kind === "channel" ? granularity.dim : 0 } = options;
  const error = errorOf(pair);
  const codeCounts = countCodes(quantized.data);
  return {
    ...error,
    cosineSimilarity: cosineSimilarityOf(pair),
    channels: channelErrorsOf(pair, channelDim),
    endCodeShare: shareOfEndCodes(codeCounts, bits),
    codeHistogram: histogramOfCodes(codeCounts, bits, codeBins),
    errorHistogram: histogramOfErrors(pair, error.maxAbsError, errorBins),
  };
}
