/**
 * `y[m, n] = sum_k x[m, k] * w[n, k]`, every product and sum in float64: x `[rows, inFeatures]`, w `[outFeatures, inFeatures]`,
 * y `[rows, outFeatures]`. Four rows share each weight that is read.
 */
export function multiplyInFloat64(x: Float32Array, w: Float32Array, inFeatures: number): Float64Array {
  const rows = x.length / inFeatures;
  const outFeatures = w.length / inFeatures;
  const y = new Float64Array(rows * outFeatures);
  for (let n = 0; n < outFeatures; n++) {
    const row = w.subarray(n * inFeatures, (n + 1) * inFeatures);
    for (let m = 0; m < rows; m += 4) {
      // Past the end, the last row is computed again: no second loop for what four does not divide.
      const starts = [m, m + 1, m + 2, m + 3].map((index) => Math.min(index, rows - 1));
      const [a, b, c, d] = starts.map((index) => x.subarray(index * inFeatures, (index + 1) * inFeatures));
      let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
      for (let k = 0; k < inFeatures; k++) {
        const weight = row[k];
        sumA += a[k] * weight;
        sumB += b[k] * weight;
        sumC += c[k] * weight;
        sumD += d[k] * weight;
      }
      for (const [i, sum] of [sumA, sumB, sumC, sumD].entries()) y[starts[i] * outFeatures + n] = sum;
    }
  }
  return y;
}
