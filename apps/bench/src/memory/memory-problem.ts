import { type HostQuantizedTensor, hostTensor, quantizeWeightPerChannel } from "@octet/core";
import { randomNormals } from "../random-normals.ts";

/** A weight matrix and what quantizing it per output channel gives. */
export interface MemoryProblem {
  readonly outFeatures: number;
  readonly inFeatures: number;
  /** `[outFeatures, inFeatures]` */
  readonly original: Float32Array;
  readonly quantized: HostQuantizedTensor;
}

export function makeMemoryProblem(outFeatures: number, inFeatures: number, seed: number): MemoryProblem {
  const original = randomNormals(seed, outFeatures * inFeatures);
  const quantized = quantizeWeightPerChannel(hostTensor("float32", [outFeatures, inFeatures], original));
  return { outFeatures, inFeatures, original, quantized };
}
