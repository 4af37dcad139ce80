export { defaultSkip, formatGranularity, parseGranularity } from "@octet/core/names";
export type { JsonObject, JsonValue } from "./bytes/json.ts";
export { compareCheckpoints } from "./compare/compare-checkpoints.ts";
export type { StoredTensor, TensorContainer } from "./containers/tensor-container.ts";
export type { Checkpoint, QuantizationInfo, QuantizedLayer, StateDictEntry } from "./open/checkpoint.ts";
export type { CheckpointFolder, CheckpointInput, CheckpointSink, CreateSink } from "./open/checkpoint-input.ts";
export { openCheckpoint } from "./open/open-checkpoint.ts";
export type {
  CheckpointFormat,
  CompareCheckpointsOptions,
  PlanOptions,
  QuantizationProgress,
  QuantizeCheckpointOptions,
} from "./options.ts";
export { quantizeCheckpoint } from "./quantize/quantize-checkpoint.ts";
export type { KeptTensor, LayerReport, QuantizationReport, QuantizationTotals } from "./report/report.ts";
export { planQuantization } from "./select/plan.ts";
export type { CheckpointHeader, PlannedLayer, QuantizationPlan } from "./select/quantization-plan.ts";
