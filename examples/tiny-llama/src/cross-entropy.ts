/**
 * The sum, in nats, of -log softmax(logits)[next token] over the predictions inside each window.
 * logits: [windows * length, vocabulary]; the last token of a window predicts nothing.
 */
export function sumCrossEntropy(logits: Float32Array, windows: readonly Uint8Array[], vocabulary: number): number {
  let sum = 0;
  let row = 0;
  for (const tokens of windows) {
    for (let position = 0; position < tokens.length; position++, row++) {
      if (position === tokens.length - 1) continue;
      const start = row * vocabulary;
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < vocabulary; i++) largest = Math.max(largest, logits[start + i]);
      let total = 0;
      for (let i = 0; i < vocabulary; i++) total += Math.exp(logits[start + i] - largest);
      sum += Math.log(total) + largest - logits[start + tokens[position + 1]];
    }
  }
  return sum;
}
