/**
 * What stays in float unless a caller says otherwise: the output head, embeddings, norms and the routers of mixtures of experts
 * (`gate_proj` is no router). Globs, matched as `createNameMatcher` describes.
 */
export const defaultSkip: readonly string[] = Object.freeze([
  "lm_head",
  "*embed*",
  "*norm*",
  "*.router.*",
  "*.gate.weight",
]);
