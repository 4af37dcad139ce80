import { bytesPerElement, type FloatDType, type TensorForm } from "@octet/core";
import type { Operand } from "@octet/core/backend";
import type { Storage } from "../storage.ts";

/** Elements of a float dtype in a buffer. */
export interface FloatSource {
  readonly buffer: GPUBuffer;
  readonly dtype: FloatDType;
  readonly elementBytes: number;
}

export function sourceOf({ form: { dtype }, storage }: Operand<TensorForm<FloatDType>, Storage>): FloatSource {
  return { buffer: storage.data, dtype, elementBytes: bytesPerElement[dtype] };
}

/** Codes and their scales, in buffers. */
export interface CodeBuffers {
  readonly codes: GPUBuffer;
  readonly scales: GPUBuffer;
}

/** The buffers of codes, which always have scales. */
export function codeBuffersOf({ data, scales }: Storage): CodeBuffers {
  return { codes: data, scales: scales as GPUBuffer };
}
