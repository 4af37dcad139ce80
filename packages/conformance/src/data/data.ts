import {
  bitRange,
  type FloatDType,
  type Granularity,
  type HostQuantizedTensor,
  type HostRowCodes,
  type HostTensor,
  hostTensor,
  narrow,
  normalizeGranularity,
  type RowCodesKind,
  scaleLayout,
  scaleShape,
  sizeOf,
} from "@octet/core";
import { allocate, rowCodesLimit } from "@octet/core/backend";
import type { Random } from "./random.ts";

/** `values` rounded to `dtype`. */
export function floatTensor(
  dtype: FloatDType,
  shape: readonly number[],
  values: ArrayLike<number>,
): HostTensor<FloatDType> {
  return hostTensor(dtype, shape, narrow(Float32Array.from(values), dtype));
}

/** A tensor of bit patterns, for values that no number names: NaN payloads, -0, subnormals. */
export function bitsTensor(
  dtype: FloatDType,
  shape: readonly number[],
  bits: ArrayLike<number>,
): HostTensor<FloatDType> {
  if (dtype !== "float32") return hostTensor(dtype, shape, Uint16Array.from(bits));
  return hostTensor(dtype, shape, new Float32Array(Uint32Array.from(bits).buffer));
}

/** Each element from `make`, rounded to `dtype`. */
export function generate(
  dtype: FloatDType,
  shape: readonly number[],
  make: (index: number) => number,
): HostTensor<FloatDType> {
  return floatTensor(
    dtype,
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, index) => make(index)),
  );
}

/** Normal data: what weights and activations look like. */
export function normalTensor(dtype: FloatDType, shape: readonly number[], random: Random): HostTensor<FloatDType> {
  return generate(dtype, shape, () => random.normal());
}

/** The exponent of a channel's scale on a grid: 2^exponent, never that of the channel before. */
export function gridExponent(channel: number): number {
  return ((channel * 5) % 7) - 3;
}

/**
 * Values `code * 2^exponent` with an exponent per scale: quantizing them rounds nothing, so that a wrong result means a wrong place,
 * not a wrong rounding. Each group has one element of the largest magnitude, its last in every other group.
 */
export function gridTensor(
  dtype: FloatDType,
  shape: readonly number[],
  granularity: Granularity,
  qmax: number,
  random: Random,
  offset = 0,
): HostTensor<FloatDType> {
  const { outer, channels, inner } = scaleLayout(granularity, shape);
  const values = new Float32Array(sizeOf(shape));
  const other = Math.max(qmax - 1, 1);
  for (let i = 0; i < values.length; i++) {
    const channel = Math.floor(i / inner) % channels;
    values[i] = random.integer(-other, other) * 2 ** (gridExponent(channel) + offset);
  }
  for (let channel = 0; channel < channels; channel++) {
    const member = channel % 2 === 0 ? outer * inner - 1 : random.integer(0, outer * inner - 1);
    if (member < 0) continue;
    const index = (Math.floor(member / inner) * channels + channel) * inner + (member % inner);
    values[index] = (random.word() % 2 === 0 ? qmax : -qmax) * 2 ** (gridExponent(channel) + offset);
  }
  return floatTensor(dtype, shape, values);
}

/** Random codes over the whole range of `bits`, with a scale from `makeScale` for each channel. */
export function quantizedTensor(
  shape: readonly number[],
  granularity: Granularity,
  bits: number,
  random: Random,
  makeScale: (channel: number) => number,
): HostQuantizedTensor {
  const { lowest, highest } = bitRange(bits);
  const codes = Int8Array.from({ length: sizeOf(shape) }, () => random.integer(lowest, highest));
  return codesTensor(shape, granularity, bits, codes, makeScale);
}

/** Given codes, with a scale from `makeScale` for each channel. */
export function codesTensor(
  shape: readonly number[],
  granularity: Granularity,
  bits: number,
  codes: Int8Array,
  makeScale: (channel: number) => number,
): HostQuantizedTensor {
  const scales = scaleShape(granularity, shape);
  const data = allocate("float32", sizeOf(scales)).map((_, channel) => makeScale(channel));
  return {
    quantized: hostTensor("int8", shape, codes),
    scale: hostTensor("float32", scales, data),
    granularity: normalizeGranularity(granularity, shape),
    bits,
  };
}

/** Random codes of activations over their whole range, with a scale of any bits for each row. */
export function rowCodesTensor(
  activations: RowCodesKind,
  shape: readonly number[],
  random: Random,
  makeScale: (row: number) => number,
): HostRowCodes {
  const limit = rowCodesLimit[activations];
  const codes = allocate(activations, sizeOf(shape)).map(() => random.integer(-limit, limit));
  const rows = shape.slice(0, -1);
  const scale = allocate("float32", sizeOf(rows)).map((_, row) => makeScale(row));
  return {
    activations,
    codes: hostTensor<"int8" | "int16">(activations, shape, codes),
    scale: hostTensor("float32", rows, scale),
  };
}

/** Scales of a grid, powers of two that differ from channel to channel. */
export function gridScale(offset = 0): (channel: number) => number {
  return (channel) => 2 ** (gridExponent(channel) + offset);
}

/** Scales as weights have them: any bits, 2^-8 to 2^-6. */
export function randomScale(random: Random): () => number {
  return () => Math.fround((1 + 3 * random.uniform()) * 2 ** -8);
}
