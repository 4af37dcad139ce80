import { type FloatDType, isQuantizedTensor, type LinearGeometry } from "@octet/core";
import { quantizedParts, type WasmHandle } from "../device-tensor.ts";
import type { Source } from "./plan.ts";

/** A weight as the kernels see it. */
export interface WeightSource {
  /** `[n, k]`, codes or floats */
  readonly address: number;
  readonly dtype: FloatDType | "codes";
  /** The address of the scales; 0 for floats. */
  readonly scales: number;
  /** Bytes from the first scale of one column to that of the next: 0 where one is for all. */
  readonly scaleStride: number;
  /** Input features that share a scale. */
  readonly group: number;
}

/** The arguments of `linear`, checked. */
export interface LinearSources {
  readonly geometry: LinearGeometry;
  readonly x: Source;
  readonly weight: WeightSource;
  readonly bias: Source | undefined;
  /** That the columns are shared out among. */
  readonly threads: number;
}

/** What the kernels need to know of a weight `[n, k]`, which is a float tensor or a quantized one. */
export function weightSource(weight: WasmHandle, k: number): WeightSource {
  const { address } = weight.storage;
  if (!isQuantizedTensor(weight)) {
    return { address, dtype: weight.dtype as FloatDType, scales: 0, scaleStride: 0, group: k };
  }
  const { granularity } = weight;
  const group = granularity.kind === "group" ? granularity.size : k;
  const scaleStride = granularity.kind === "tensor" ? 0 : granularity.kind === "channel" ? 4 : (k / group) * 4;
  return { address, dtype: "codes", scales: address + quantizedParts(weight).scaleOffset, scaleStride, group };
}
