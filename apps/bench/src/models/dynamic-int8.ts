import type { LinearProblem } from "../linear-problem.ts";
import { encodeModel } from "./onnx-graph.ts";
import { transpose } from "./transpose.ts";

/**
 * What onnxruntime's `quantize_dynamic(per_channel=True)` makes of a MatMul: uint8 activations with one scale and zero point per
 * tensor, found at run time; int8 weights with a scale per output channel and zero points of 0.
 */
export function encodeDynamicInt8Model({ inFeatures, outFeatures, quantized }: LinearProblem): Uint8Array {
  return encodeModel({
    inFeatures,
    outFeatures,
    nodes: [
      {
        op: "DynamicQuantizeLinear",
        name: "x_QuantizeLinear",
        inputs: ["x"],
        outputs: ["x_quantized", "x_scale", "x_zero_point"],
      },
      {
        op: "MatMulInteger",
        name: "MatMul_quant",
        inputs: ["x_quantized", "weight_quantized", "x_zero_point", "weight_zero_point"],
        outputs: ["y_output_quantized"],
      },
      {
        op: "Cast",
        name: "y_output_quantized_cast",
        inputs: ["y_output_quantized"],
        outputs: ["y_output_quantized_cast_output"],
        attributes: { to: 1 },
      },
      {
        op: "Mul",
        name: "MatMul_quant_scales_mul",
        inputs: ["x_scale", "weight_scale"],
        outputs: ["MatMul_quant_scales_mul:0"],
      },
      {
        op: "Mul",
        name: "MatMul_quant_output_scale_mul",
        inputs: ["y_output_quantized_cast_output", "MatMul_quant_scales_mul:0"],
        outputs: ["y"],
      },
    ],
    initializers: [
      {
        name: "weight_quantized",
        shape: [inFeatures, outFeatures],
        data: transpose(quantized.quantized.data, outFeatures, inFeatures),
      },
      { name: "weight_scale", shape: [outFeatures], data: quantized.scale.data },
      { name: "weight_zero_point", shape: [outFeatures], data: new Int8Array(outFeatures) },
    ],
  });
}
