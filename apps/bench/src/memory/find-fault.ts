import type { MemoryProblem } from "./memory-problem.ts";

/** What rounding a scale, or a quotient, to float32 may change of it. */
export const oneRounding: number = 2 ** -23;

/**
 * Why codes `[outFeatures, inFeatures]` and scales `[outFeatures]` are wrong: in float64, a scale is the largest magnitude of its row
 * over 127, and a code times its scale is within half a scale of what it stands for, but for `rounding`, a share of the value. Ties
 * may go either way.
 */
export function findQuantizeFault(
  { original, outFeatures, inFeatures }: MemoryProblem,
  codes: Int8Array,
  scales: Float32Array,
  rounding: number = oneRounding,
): string | undefined {
  if (codes.length !== original.length) return `${codes.length} codes, ${original.length} expected`;
  for (let row = 0; row < outFeatures; row++) {
    const start = row * inFeatures;
    let largest = 0;
    for (let i = start; i < start + inFeatures; i++) largest = Math.max(largest, Math.abs(original[i]));
    const scale = scales[row];
    if (!(Math.abs(scale * 127 - largest) <= largest * rounding)) {
      return `scale ${row} is ${scale}; ${largest / 127} expected`;
    }
    for (let i = start; i < start + inFeatures; i++) {
      const value = original[i];
      if (!(Math.abs(value - codes[i] * scale) <= scale / 2 + Math.abs(value) * rounding)) {
        return `code ${i} is ${codes[i]}; the value over its scale is ${value / scale}`;
      }
    }
  }
  return undefined;
}

/** Why values are wrong: each is its code times its scale, in float64, but for one rounding to float32. */
export function findDequantizeFault(
  { quantized, inFeatures }: MemoryProblem,
  values: Float32Array,
): string | undefined {
  const codes = quantized.quantized.data;
  if (values.length !== codes.length) return `${values.length} values, ${codes.length} expected`;
  for (let i = 0; i < codes.length; i++) {
    const exact = codes[i] * quantized.scale.data[Math.floor(i / inFeatures)];
    if (!(Math.abs(values[i] - exact) <= Math.abs(exact) * oneRounding)) {
      return `value ${i} is ${values[i]}; ${exact} expected`;
    }
  }
  return undefined;
}

/** Why a copy is wrong. */
export function findCopyFault({ original }: MemoryProblem, copy: Float32Array): string | undefined {
  const differs = copy.findIndex((value, i) => value !== original[i]);
  if (copy.length !== original.length || differs >= 0) return `differs at ${differs}, ${copy.length} elements`;
  return undefined;
}
