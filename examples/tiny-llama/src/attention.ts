export interface AttentionShape {
  /** Tokens of one window. */
  readonly length: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
}

/**
 * Causal grouped-query attention of each window by itself (Vaswani et al.; Ainslie et al., "GQA").
 * queries: [windows * length, heads * headDim], keys and values: [windows * length, keyValueHeads * headDim]; result like queries.
 */
export function attend(
  queries: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  { length, heads, keyValueHeads, headDim }: AttentionShape,
): Float32Array {
  const width = heads * headDim;
  const keyWidth = keyValueHeads * headDim;
  const output = new Float32Array(queries.length);
  const weights = new Float64Array(length);
  for (let row = 0; row < queries.length / width; row++) {
    const first = row - (row % length);
    for (let head = 0; head < heads; head++) {
      const query = row * width + head * headDim;
      const keyHead = Math.floor((head * keyValueHeads) / heads) * headDim;
      const visible = row - first + 1;
      let largest = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < visible; j++) {
        const key = (first + j) * keyWidth + keyHead;
        let score = 0;
        for (let i = 0; i < headDim; i++) score += queries[query + i] * keys[key + i];
        weights[j] = score / Math.sqrt(headDim);
        if (weights[j] > largest) largest = weights[j];
      }
      let total = 0;
      for (let j = 0; j < visible; j++) {
        weights[j] = Math.exp(weights[j] - largest);
        total += weights[j];
      }
      for (let j = 0; j < visible; j++) {
        const value = (first + j) * keyWidth + keyHead;
        const share = weights[j] / total;
        for (let i = 0; i < headDim; i++) output[query + i] += share * values[value + i];
      }
    }
  }
  return output;
}
