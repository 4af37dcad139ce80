import type { LinearProblem } from "../linear-problem.ts";
import { encodeModel, microsoftDomain } from "./onnx-graph.ts";

/** Input features that share a scale: the default of onnxruntime's MatMulNBitsQuantizer. */
export const blockSize = 128;

/**
 * One MatMulNBits of 8 bits. Its codes are unsigned around 128, a block of input features at a time; our scale of a row is repeated
 * for each of its blocks. Without `accuracyLevel`, as the quantizer leaves it by default, activations stay float32; 4 allows the runtime
 * to quantize them to int8, where it has a kernel for that.
 */
export function encodeMatMulNBitsModel(
  { inFeatures, outFeatures, quantized }: LinearProblem,
  accuracyLevel?: 4,
): Uint8Array {
  if (inFeatures % blockSize !== 0) {
    throw new RangeError(`${inFeatures} input features; the model of this bench needs a multiple of ${blockSize}`);
  }
  const blocks = inFeatures / blockSize;
  const codes = Uint8Array.from(quantized.quantized.data, (code) => code ^ 0x80);
  const scales = new Float32Array(outFeatures * blocks);
  for (let row = 0; row < outFeatures; row++) {
    scales.fill(quantized.scale.data[row], row * blocks, (row + 1) * blocks);
  }
  return encodeModel({
    inFeatures,
    outFeatures,
    nodes: [
      {
        op: "MatMulNBits",
        name: "MatMul_Q8",
        domain: microsoftDomain,
        inputs: ["x", "weight_Q8", "weight_scales"],
        outputs: ["y"],
        attributes: {
          ...{ K: inFeatures, N: outFeatures, bits: 8, block_size: blockSize },
          ...(accuracyLevel === undefined ? {} : { accuracy_level: accuracyLevel }),
        },
      },
    ],
    initializers: [
      { name: "weight_Q8", shape: [outFeatures, blocks, blockSize], data: codes },
      { name: "weight_scales", shape: [outFeatures, blocks], data: scales },
    ],
  });
}
