import { widen } from "../../src/numerics/widen.ts";
import type { FloatDType } from "../../src/tensors/dtype.ts";
import type { HostQuantizedTensor } from "../../src/tensors/host-quantized-tensor.ts";
import type { HostTensor } from "../../src/tensors/host-tensor.ts";
import { rowCodesLimit } from "../../src/tensors/row-codes.ts";
import { add, binary32, multiply, type Rational, rationalOf, roundToFormat } from "./rational.ts";
import { quantizeGroup } from "./reference-quantize.ts";

type FloatTensor = HostTensor<FloatDType>;

/** Each operation of float32, in fractions: infinities stay what they are. */
function rounded(operation: (a: Rational, b: Rational) => Rational, a: number, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return operation === add ? a + b : a * b;
  const value = roundToFormat(operation(rationalOf(a), rationalOf(b)), binary32);
  // A product that underflows keeps its sign.
  return value === 0 && operation === multiply ? a * b * 0 : value;
}

/** y [m, n] of the exact modes as float32, before the last rounding: integers for T, fractions for each rounding. */
export function integerLinear(
  x: FloatTensor,
  { quantized, scale }: HostQuantizedTensor,
  mode: "int16" | "int8",
  bias?: FloatTensor,
): Float32Array {
  const [n, k] = quantized.shape;
  const values = widen(x);
  const biasValues = bias && widen(bias);
  const limit = rowCodesLimit[mode];
  const y: number[] = [];
  for (let start = 0; start < values.length; start += k) {
    const row = quantizeGroup([...values.subarray(start, start + k)], limit, -limit);
    for (let column = 0; column < n; column++) {
      let total = 0n;
      for (let i = 0; i < k; i++) total += BigInt(row.codes[i]) * BigInt(quantized.data[column * k + i]);
      const sum = roundToFormat({ numerator: total, denominator: 1n }, binary32);
      const scaleOfColumn = scale.data[scale.data.length === 1 ? 0 : column];
      const product = rounded(multiply, rounded(multiply, sum, row.scale), scaleOfColumn);
      y.push(biasValues ? rounded(add, product, biasValues[column]) : product);
    }
  }
  return Float32Array.from(y);
}

/** The exact value of each y, to float64, and the sum of magnitudes in its error bound. */
export function exactLinear(
  x: FloatTensor,
  weight: HostQuantizedTensor | FloatTensor,
  bias: FloatTensor,
): { value: number; magnitude: number }[] {
  const weights = exactWeights(weight);
  const values = widen(x);
  const biasValues = widen(bias);
  const k = x.shape[x.shape.length - 1];
  const results: { value: number; magnitude: number }[] = [];
  for (let start = 0; start < values.length; start += k) {
    for (let column = 0; column < biasValues.length; column++) {
      let sum = rationalOf(biasValues[column]);
      let magnitude = Math.abs(biasValues[column]);
      for (let i = 0; i < k; i++) {
        const product = multiply(rationalOf(values[start + i]), weights[column * k + i]);
        sum = add(sum, product);
        magnitude += Math.abs(toNumber(product));
      }
      results.push({ value: toNumber(sum), magnitude });
    }
  }
  return results;
}

function exactWeights(weight: HostQuantizedTensor | FloatTensor): Rational[] {
  if (!("quantized" in weight)) return Array.from(widen(weight), rationalOf);
  const { quantized, scale } = weight;
  const run = quantized.data.length / scale.data.length; // elements that share a scale: per tensor, dim 0 or groups
  return Array.from(quantized.data, (code, i) =>
    multiply(rationalOf(code), rationalOf(scale.data[Math.floor(i / run)])),
  );
}

function toNumber(value: Rational): number {
  return roundToFormat(value, { precision: 53, minExponent: -1022, maxExponent: 1023 });
}
