import { CompensatedSum } from "./compensated-sum.ts";
import type { QuantizedPair } from "./quantized-pair.ts";
import { visitRuns } from "./runs.ts";

/**
 * The cosine of the angle between a tensor and what its codes stand for. It is blind to a wrong scale, which SNR is not. Two tensors of
 * zeros are alike (1); zeros and anything else are not (0).
 */
export function cosineSimilarityOf(pair: QuantizedPair): number {
  const product = new CompensatedSum();
  const original = new CompensatedSum();
  const restored = new CompensatedSum();
  visitRuns(pair, 0, ({ values, offset, codes, start, length, scale }) => {
    let xy = 0;
    let xx = 0;
    let yy = 0;
    for (let i = 0; i < length; i++) {
      const x = values[offset + i];
      const y = codes[start + i] * scale;
      xy += x * y;
      xx += x * x;
      yy += y * y;
    }
    product.add(xy);
    original.add(xx);
    restored.add(yy);
  });
  if (original.value === 0 && restored.value === 0) return 1;
  const norms = Math.sqrt(original.value) * Math.sqrt(restored.value);
  // Rounding may pass 1 by a unit in the last place.
  return norms === 0 ? 0 : Math.min(Math.max(product.value / norms, -1), 1);
}
