import type { CodeRange, FloatDType } from "@octet/core";
import type { CodeLayout } from "../code-layout.ts";
import type { ShaderFeatures } from "../device.ts";
import type { Operation } from "../operation.ts";
import type { CodePlanes } from "../wgsl/store-codes.ts";

/** Elements of a float dtype in a buffer. */
export interface FloatSource {
  readonly buffer: GPUBuffer;
  readonly dtype: FloatDType;
  readonly elementBytes: number;
}

/** What to quantize, to which codes. */
export interface QuantizeTask {
  readonly operation: Operation;
  readonly features: ShaderFeatures;
  readonly x: FloatSource;
  readonly range: CodeRange;
  readonly planes: CodePlanes;
}

/** Where the results go. */
export interface QuantizeTarget {
  readonly layout: CodeLayout;
  readonly codes: GPUBuffer;
  readonly scales: GPUBuffer;
}
