export {
  type AnalyzeQuantizationOptions,
  analyzeQuantization,
  type QuantizationAnalysis,
} from "./analyze-quantization.ts";
export { calculateQuantizationError } from "./calculate-quantization-error.ts";
export type { ChannelErrors } from "./channel-errors.ts";
export { createErrorAccumulator, type ErrorAccumulator, type ErrorAccumulatorOptions } from "./error-accumulator.ts";
export type { Histogram } from "./histogram.ts";
export { maxAbsOf } from "./max-abs.ts";
export type { QuantizationError, QuantizationErrorTotals } from "./quantization-error.ts";
