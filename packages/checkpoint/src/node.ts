export { comparePaths } from "./node/compare-paths.ts";
export { openCheckpointPath } from "./node/open-checkpoint-path.ts";
export { type OpenWeights, openWeightsPath } from "./node/open-weights-path.ts";
export { type QuantizePathOptions, quantizePath } from "./node/quantize-path.ts";
