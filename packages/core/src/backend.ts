/**
 * For authors of backends and of ops. Users of tensors need only `@octet/core`.
 */
export type { FormOf, Forms, HostOf, Hosts, OpParts, OpPlan, RunPart } from "./backend/contract.ts";
export { DeviceBackend, type HostData } from "./backend/device-backend.ts";
export {
  type AnyKernel,
  type Kernel,
  Kernels,
  type KernelTable,
  type Operand,
  type OperandOf,
  type Operands,
  type StateOperand,
} from "./backend/kernels.ts";
export type { LaunchCall, Replay, Step } from "./backend/launching.ts";
export { combineFindings, type Finding, type MaybeFinding } from "./backend/outcome.ts";
export { isState, validateAlive, validateOwned } from "./backend/validation.ts";
export { type CodeRange, codeOf, nonFinite, quantizeValues, scaleOf } from "./numerics/quantize-values.ts";
export { applyOp } from "./ops/apply.ts";
export { computeOp } from "./ops/compute-op.ts";
export { type FusedOpDescription, fusedOp } from "./ops/fused-op.ts";
export { fusedOps } from "./ops/fused-ops.ts";
export { type LinearGeometry, linearGeometry } from "./ops/linear-geometry.ts";
export { setLengthOp } from "./ops/state/set-length.ts";
export { copyHost } from "./tensors/copy-host.ts";
export { allocate, viewData } from "./tensors/dtype.ts";
export {
  bytesOf,
  type Form,
  formatForm,
  isQuantizedForm,
  isRowCodesForm,
  isStateForm,
  keptRows,
  maxPositions,
  normalizeStateForm,
  physicalRows,
  rowCodesDType,
  rowCount,
  slotIndex,
  slotMemory,
  stateBytes,
} from "./tensors/forms.ts";
export { normalizedLayout } from "./tensors/granularity.ts";
export { isHostRowCodes, rowCodesLimit } from "./tensors/row-codes.ts";
