export { type ActivationKind, activation, activationKinds } from "./activation.ts";
export type {
  Backend,
  BackendFactory,
  BackendInfo,
  LinearOptions,
  MemoryUse,
  OpSpec,
  QuantizedTensor,
  QuantizeOptions,
  Tensor,
} from "./backend.ts";
export { bfloat16ToFloat32, float32ToBfloat16 } from "./bfloat16.ts";
export { isDefinedOp } from "./defined-op.ts";
export { type DequantizeOptions, dequantize, dequantizeHost } from "./dequantize.ts";
export { disposeSymbol } from "./disposable.ts";
export { DisposableObject } from "./disposable-object.ts";
export {
  allocate,
  bytesPerElement,
  type DType,
  type FloatDType,
  floatDTypes,
  isDType,
  isFloatDType,
  type TypedArrayOf,
} from "./dtype.ts";
export { OctetError, type OctetErrorCode } from "./errors.ts";
export { firstAvailable, type RejectedBackend } from "./first-available.ts";
export { float16ToFloat32, float32ToFloat16 } from "./float16.ts";
export { formatValue } from "./format-value.ts";
export {
  equalGranularities,
  type Granularity,
  type GranularityOptions,
  granularityOf,
  normalizeGranularity,
  type ScaleLayout,
  scaleLayout,
  scaleShape,
} from "./granularity.ts";
export { type HostLinearOptions, linear } from "./linear.ts";
export {
  activationRange,
  type LinearActivations,
  type LinearGeometry,
  linearActivations,
  linearGeometry,
  maxExactInFeatures,
  type WeightDescription,
} from "./linear-geometry.ts";
export { bitsToFloat32, fl32, float32ToBits, rne } from "./numerics.ts";
export { type OptionKinds, type ValueKind, validateOptions } from "./options.ts";
export { bitRange } from "./quantization-range.ts";
export {
  type QuantizeSymmetricOptions,
  quantizeHost,
  quantizeSymmetric,
  quantizeWeightPerChannel,
} from "./quantize.ts";
export { type CodeRange, codeOf, nonFinite, quantizeValues, scaleOf } from "./quantize-group.ts";
export { createReferenceBackend } from "./reference-backend.ts";
export { equalShapes, formatShape, sizeOf, validateShape } from "./shape.ts";
export {
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  isHostQuantizedTensor,
  normalizeFloatTensor,
  normalizeHostTensor,
  type TensorLike,
  validateHostQuantizedTensor,
} from "./tensor.ts";
export { validateBackend } from "./validate-backend.ts";
export {
  isQuantizedTensor,
  validateActivation,
  validateAlive,
  validateDequantize,
  validateLinear,
  validateOwned,
  validateQuantize,
  validateTensorBytes,
  validateUpload,
} from "./validation.ts";
export { narrow, narrowFloat64, widen } from "./widen.ts";
