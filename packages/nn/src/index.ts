export { defaultSkip } from "@octet/core/names";
export { GELU, ReLU, SiLU } from "./activations.ts";
export { FloatParameter, type FloatParameterOptions } from "./float-parameter.ts";
export { HostParameter } from "./host-parameter.ts";
export { Linear, type LinearLayerOptions } from "./linear.ts";
export { type Layer, Module } from "./module.ts";
export { Parameter } from "./parameter.ts";
export type { SkippedLayer } from "./quantization-plan.ts";
export {
  type QuantizeModelOptions,
  type QuantizeModelReport,
  quantizeModel,
  type ReplacedLayer,
} from "./quantize-model.ts";
export {
  type FromLinearOptions,
  type QuantizationOptions,
  QuantizedLinear,
  type QuantizedLinearOptions,
} from "./quantized-linear.ts";
export { QuantizedParameter, type QuantizedParameterOptions } from "./quantized-parameter.ts";
export { Sequential } from "./sequential.ts";
export type { SkipRule } from "./skip.ts";
export type { LoadStateDictOptions, LoadStateDictReport } from "./state-dict.ts";
export type { TensorSource } from "./tensor-source.ts";
