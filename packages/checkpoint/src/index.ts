export { defaultSkip, formatGranularity, parseGranularity } from "@octet/core/names";
export type { Checkpoint, QuantizationInfo, QuantizedLayer, StateDictEntry } from "./checkpoint.ts";
export type { CheckpointFolder, CheckpointInput, CheckpointSink, CreateSink } from "./checkpoint-input.ts";
export { compareCheckpoints } from "./compare-checkpoints.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { openCheckpoint } from "./open-checkpoint.ts";
export type {
  CheckpointFormat,
  CompareCheckpointsOptions,
  PlanOptions,
  QuantizationProgress,
  QuantizeCheckpointOptions,
} from "./options.ts";
export { planQuantization } from "./plan.ts";
export type { CheckpointHeader, PlannedLayer, QuantizationPlan } from "./quantization-plan.ts";
export { quantizeCheckpoint } from "./quantize-checkpoint.ts";
export type { KeptTensor, LayerReport, QuantizationReport, QuantizationTotals } from "./report.ts";
