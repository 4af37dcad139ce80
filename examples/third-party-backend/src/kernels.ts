import { rne } from "@octet/core";
import { nonFinite } from "@octet/core/backend";

const fl32 = Math.fround;

/** Codes [rows, columns] and scales [rows] of x [rows, columns]. Weights may reach -128, activations stop at -127. */
export function quantizeRows(
  x: Float32Array,
  rows: number,
  lowest: -128 | -127,
): { codes: Int8Array; scales: Float32Array } {
  checkFinite(x);
  const columns = x.length / rows || 0;
  const codes = new Int8Array(x.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let maximum = 0;
    for (let i = start; i < start + columns; i++) maximum = Math.max(maximum, Math.abs(x[i]));
    // A zero row, or one so small that its scale underflows, gets the scale 1.
    const scale = fl32(maximum / 127) || 1;
    scales[row] = scale;
    for (let i = start; i < start + columns; i++) {
      codes[i] = Math.min(Math.max(rne(fl32(x[i] / scale)), lowest), 127);
    }
  }
  return { codes, scales };
}

function checkFinite(x: Float32Array): void {
  const first = x.findIndex((value) => !Number.isFinite(value));
  if (first < 0) return;
  const count = x.reduce((sum, value) => (Number.isFinite(value) ? sum : sum + 1), 0);
  throw nonFinite(first, count, x[first]);
}

/** fl32(code * scale), [rows, columns] */
export function dequantizeRows(codes: Int8Array, scales: Float32Array): Float32Array {
  const columns = codes.length / scales.length;
  return Float32Array.from(codes, (code, index) => code * scales[Math.floor(index / columns)]);
}

/** A matrix product: x [m, k] times codes [n, k], each with a scale per row; bias [n]. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly bias: Float32Array | undefined;
}

/** Float activations: four sums in float32, as a vector unit keeps them. Any order is right, the same one every time. */
export function multiplyFloats(x: Float32Array, { m, n, k, codes, scales, bias }: Product): Float32Array {
  const y = new Float32Array(m * n);
  const sums = new Float32Array(4);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      sums.fill(0);
      for (let i = 0; i < k; i++) sums[i % 4] += fl32(x[row * k + i] * codes[column * k + i]);
      const sum = fl32(fl32(sums[0] + sums[1]) + fl32(sums[2] + sums[3]));
      const product = fl32(sum * scales[column]);
      y[row * n + column] = bias === undefined ? product : product + bias[column];
    }
  }
  return y;
}

/** int8 activations: an exact sum, two scales in turn, the bias, each step rounded to float32. */
export function multiplyCodes(x: Float32Array, { m, n, k, codes, scales, bias }: Product): Float32Array {
  const rows = quantizeRows(x, m, -127);
  const y = new Float32Array(m * n);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0; // fits 32 bits: validation allows up to 131071 features
      for (let i = 0; i < k; i++) sum = (sum + rows.codes[row * k + i] * codes[column * k + i]) | 0;
      const product = fl32(fl32(fl32(sum) * rows.scales[row]) * scales[column]);
      y[row * n + column] = bias === undefined ? product : product + bias[column];
    }
  }
  return y;
}
