export type {
  AnyHandle,
  AnyOp,
  Backend,
  BackendFactory,
  BackendInfo,
  Handle,
  MemoryUse,
  Op,
  OpCall,
  Program,
  QuantizedTensor,
  RowCodes,
  State,
  Tensor,
} from "./backend/contract.ts";
export { firstAvailable, type RejectedBackend } from "./backend/first-available.ts";
export { validateBackend } from "./backend/validate-backend.ts";
export { Brand } from "./brand.ts";
export { disposeSymbol } from "./disposable.ts";
export { DisposableObject } from "./disposable-object.ts";
export { OctetError, type OctetErrorCode } from "./errors.ts";
export { formatValue } from "./format-value.ts";
export { bfloat16ToFloat32, float32ToBfloat16 } from "./numerics/bfloat16.ts";
export { float16ToFloat32, float32ToFloat16 } from "./numerics/float16.ts";
export { bitsToFloat32, fl32, float32ToBits, rne } from "./numerics/numerics.ts";
export { bitRange } from "./numerics/quantization-range.ts";
export { narrow, narrowFloat64, widen } from "./numerics/widen.ts";
export { type ActivationKind, activation, activationKinds, activationOp } from "./ops/activation.ts";
export { activationCodes, activationCodesOp } from "./ops/activation-codes.ts";
export { type DequantizeOptions, dequantize, dequantizeOp } from "./ops/dequantize.ts";
export { type HostLinearOptions, type LinearOptions, linear, linearOp } from "./ops/linear.ts";
export {
  type LinearActivations,
  type LinearParams,
  linearActivations,
  maxExactInFeatures,
} from "./ops/linear-geometry.ts";
export { type QuantizeOptions, quantize, quantizeOp } from "./ops/quantize.ts";
export { quantizeRows, quantizeRowsOp } from "./ops/quantize-rows.ts";
export {
  type QuantizeSymmetricOptions,
  quantizeSymmetric,
  quantizeWeightPerChannel,
} from "./ops/quantize-symmetric.ts";
export { advance, advanceOp } from "./ops/state/advance.ts";
export { positions, positionsOp } from "./ops/state/positions.ts";
export { readRows, readRowsOp } from "./ops/state/read-rows.ts";
export { writeRows, writeRowsOp } from "./ops/state/write-rows.ts";
export { type OptionKinds, type ValueKind, validateOptions } from "./options.ts";
export { createReferenceBackend } from "./reference/reference-backend.ts";
export {
  bytesPerElement,
  type DType,
  type FloatDType,
  floatDTypes,
  isDType,
  isFloatDType,
  type TypedArrayOf,
  validateFloatDType,
} from "./tensors/dtype.ts";
export type {
  QuantizedForm,
  RowCodesForm,
  RowCodesKind,
  StateForm,
  StateSlot,
  StateView,
  TensorForm,
} from "./tensors/forms.ts";
export {
  equalGranularities,
  type Granularity,
  type GranularityOptions,
  granularityOf,
  normalizeGranularity,
  type ScaleLayout,
  scaleLayout,
  scaleShape,
} from "./tensors/granularity.ts";
export {
  type HostQuantizedTensor,
  isHostQuantizedTensor,
  type QuantizedTensorLike,
  validateHostQuantizedTensor,
} from "./tensors/host-quantized-tensor.ts";
export {
  type HostTensor,
  hostTensor,
  normalizeFloatTensor,
  normalizeHostTensor,
  type TensorLike,
} from "./tensors/host-tensor.ts";
export type { HostRowCodes } from "./tensors/row-codes.ts";
export { equalShapes, formatShape, sizeOf, validateShape } from "./tensors/shape.ts";
export type { HostState } from "./tensors/state.ts";
