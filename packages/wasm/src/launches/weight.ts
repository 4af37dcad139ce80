import type { FloatDType } from "@octet/core";
import { isQuantizedForm } from "@octet/core/backend";
import { scaleOffset } from "../memory/storage.ts";
import type { FloatOperand, QuantizedOperand } from "./operand.ts";

/** A weight `[n, k]` as the kernels see it. */
export interface Weight {
  /** `[n, k]`, codes or floats */
  readonly address: number;
  readonly dtype: FloatDType | "codes";
  /** The address of the scales; 0 for floats. */
  readonly scales: number;
  /** Bytes from the first scale of one column to that of the next: 0 where one is for all. */
  readonly scaleStride: number;
  /** Input features that share a scale. */
  readonly group: number;
  readonly n: number;
  readonly k: number;
}

export function weightOf({ form, storage: { address } }: QuantizedOperand | FloatOperand): Weight {
  const [n, k] = form.shape;
  if (!isQuantizedForm(form)) return { address, dtype: form.dtype, scales: 0, scaleStride: 0, group: k, n, k };
  const { granularity } = form;
  const group = granularity.kind === "group" ? granularity.size : k;
  const scaleStride = granularity.kind === "tensor" ? 0 : granularity.kind === "channel" ? 4 : (k / group) * 4;
  return { address, dtype: "codes", scales: address + scaleOffset(form), scaleStride, group, n, k };
}
