import { validateList } from "./name-matcher.ts";

/**
 * Patterns of the weights that stay in float by default: the output head, embeddings, norms and the routers of mixtures of experts (`gate_proj`
 * is not a router). Globs, matched as `createNameMatcher` describes.
 */
export const defaultSkip: readonly string[] = Object.freeze([
  "lm_head",
  "*embed*",
  "*norm*",
  "*.router.*",
  "*.gate.weight",
]);

/**
 * The entries of a skip list that its author chose: not those of the default list where all of it is there. Only they may be misspelled,
 * so only they are reported when they match nothing.
 * @throws OctetError `ERR_UNSUPPORTED` for what is not an array
 */
export function chosenEntries<Entry>(skip: readonly (Entry | string)[]): readonly (Entry | string)[] {
  validateList(skip);
  const known: readonly (Entry | string)[] = defaultSkip;
  return known.every((entry) => skip.includes(entry)) ? skip.filter((entry) => !known.includes(entry)) : skip;
}
