/**
 * How weights and their granularities are named, for models in memory (`@octet/nn`) and for files (`@octet/checkpoint`) alike. An entry of
 * its own, since it brings a library for globs that tensors alone do not need.
 */
export { chosenEntries, defaultSkip } from "./names/default-skip.ts";
export { formatGranularity, normalizeWeightGranularity, parseGranularity } from "./names/granularity-name.ts";
export { createNameMatcher, moduleName, type NameMatcher } from "./names/name-matcher.ts";
export { inferGranularity, storedScaleShape } from "./names/scale-shape.ts";
export { attentionOutputs, firstAndLastLayers, type NamedShapes, smallWeights } from "./names/skip-presets.ts";
