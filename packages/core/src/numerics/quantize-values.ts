import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { allocate } from "../tensors/dtype.ts";
import type { ScaleLayout } from "../tensors/granularity.ts";
import { fl32, notANumber, rne } from "./numerics.ts";

/** The codes that a quantization may use. `qmax` divides the maximum; codes are clamped to `lowest` .. `qmax`. */
export interface CodeRange {
  readonly qmax: number;
  readonly lowest: number;
}

/**
 * The scale of a group whose largest magnitude is `amax`: fl32(amax / qmax), or 1 where that is 0.
 * @throws OctetError `ERR_DTYPE` for what is not a number
 */
export function scaleOf(amax: number, qmax: number): number {
  if (typeof amax !== "number") throw notANumber(amax);
  if (typeof qmax !== "number") throw notANumber(qmax);
  return fl32(amax / qmax) || 1;
}

/**
 * The code of a value: clamp(rne(fl32(value / scale))). A division: multiplying by 1 / scale changes codes.
 * @throws OctetError `ERR_DTYPE` for what is not a number
 */
export function codeOf(value: number, scale: number, range: CodeRange): number {
  if (typeof value !== "number") throw notANumber(value);
  if (typeof scale !== "number") throw notANumber(scale);
  if (typeof range?.lowest !== "number" || typeof range.qmax !== "number") throw notANumber(range);
  return roundCode(value, scale, range.lowest, range.qmax);
}

/** `codeOf` without its checks, which would make a weight take a quarter longer. */
function roundCode(value: number, scale: number, lowest: number, qmax: number): number {
  return Math.min(Math.max(rne(fl32(value / scale)), lowest), qmax);
}

/**
 * Scales [channels] and codes (as many as `values`, written into `codes`) of float32 values under a scale layout.
 * @throws OctetError `ERR_NON_FINITE` naming the first flat index of a NaN or infinity, and how many there are.
 */
export function quantizeValues(
  values: Float32Array,
  { outer, channels, inner }: ScaleLayout,
  { qmax, lowest }: CodeRange,
  codes: Int8Array | Int16Array,
): Float32Array {
  const scales = allocate("float32", channels);
  let finite = true;
  for (let o = 0, i = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      let amax = scales[c];
      for (const end = i + inner; i < end; i++) {
        const magnitude = Math.abs(values[i]);
        if (magnitude > amax) amax = magnitude;
        finite &&= magnitude < Number.POSITIVE_INFINITY;
      }
      scales[c] = amax;
    }
  }
  if (!finite) throw nonFiniteError(values);
  for (let c = 0; c < channels; c++) scales[c] = scaleOf(scales[c], qmax);
  for (let o = 0, i = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const scale = scales[c];
      for (const end = i + inner; i < end; i++) codes[i] = roundCode(values[i], scale, lowest, qmax);
    }
  }
  return scales;
}

/** The error of values among which some are not finite. */
export function nonFiniteError(values: Float32Array): OctetError {
  let first = -1;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    if (count++ === 0) first = i;
  }
  return nonFinite(first, count, values[first]);
}

/** The error of a tensor with NaN or infinities, for every backend that finds them. `value` is the first one, where it is known. */
export function nonFinite(firstIndex: number, count: number, value?: number): OctetError {
  const what = value === undefined ? "a NaN or infinity" : formatValue(value);
  const elements = count === 1 ? "1 element is not finite" : `${formatValue(count)} elements are not finite, the first`;
  return new OctetError(
    "ERR_NON_FINITE",
    `${elements}: element ${formatValue(firstIndex)} is ${what}; only finite values can be quantized, so fix or leave out this tensor`,
  );
}
