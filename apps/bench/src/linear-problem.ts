import { dequantize, type HostQuantizedTensor, hostTensor, quantizeWeightPerChannel } from "@octet/core";
import { multiplyInFloat64 } from "./multiply-in-float64.ts";
import { randomNormals } from "./random-normals.ts";

/** A layer and its input, the same for every arm. Weights are int8 codes times scales, so that float arms hold the same ones. */
export interface LinearProblem {
  readonly outFeatures: number;
  readonly inFeatures: number;
  /** int8 codes `[outFeatures, inFeatures]` and a scale for each output feature. */
  readonly quantized: HostQuantizedTensor;
  /** The weights as float32: codes times scales, `[outFeatures, inFeatures]`. */
  readonly weight: Float32Array;
  /** `[mostRows, inFeatures]`; an input of fewer rows is the first ones. */
  readonly activations: Float32Array;
  /** The product in float64, `[mostRows, outFeatures]`. */
  readonly expected: Float64Array;
}

/** Normally distributed weights and activations, from the seed, and their product in float64. */
export function makeLinearProblem(
  outFeatures: number,
  inFeatures: number,
  mostRows: number,
  seed: number,
): LinearProblem {
  const original = hostTensor("float32", [outFeatures, inFeatures], randomNormals(seed, outFeatures * inFeatures));
  const quantized = quantizeWeightPerChannel(original);
  const { data } = dequantize(quantized.quantized, quantized.scale, { dtype: "float32", dim: 0 });
  const weight = data as Float32Array;
  const activations = randomNormals(seed + 1, mostRows * inFeatures);
  const expected = multiplyInFloat64(activations, weight, inFeatures);
  return { outFeatures, inFeatures, quantized, weight, activations, expected };
}
