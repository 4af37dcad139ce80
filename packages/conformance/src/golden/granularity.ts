import { type Granularity, granularityOf, normalizeGranularity, scaleShape } from "@octet/core";
import type { GoldenFields } from "./fields.ts";
import { checkGoldenShape, type GoldenTensor, type GoldenTensors, goldenTensor } from "./tensors.ts";

/** What the fields `dim`, `group` and `bits` say about the codes of a tensor. */
export interface GoldenQuantization {
  readonly granularity: Granularity;
  readonly bits: number;
}

/** Reads `dim` or `group` (neither: one scale for the tensor), which must fit `shape`, and `bits` (default 8). */
export function readQuantization(fields: GoldenFields, shape: readonly number[]): GoldenQuantization {
  const dim = fields.optional("dim", (name) => fields.integer(name));
  const groupSize = fields.optional("group", (name) => fields.integer(name));
  const bits = fields.optional("bits", (name) => fields.integer(name)) ?? 8;
  if (bits < 2 || bits > 8) throw fields.error(`has ${bits} bits; use 2 to 8`);
  return { granularity: fields.attempt(() => normalizeGranularity(granularityOf({ dim, groupSize }), shape)), bits };
}

/** Looks up the scales, which must have the shape that the granularity gives them. */
export function readScale(
  fields: GoldenFields,
  granularity: Granularity,
  shape: readonly number[],
  file: GoldenTensors,
): GoldenTensor<"float32"> {
  const scale = goldenTensor(fields, "scale", ["float32"], file);
  checkGoldenShape(fields, "scale", scale, scaleShape(granularity, shape));
  return scale;
}
