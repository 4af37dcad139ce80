import type { LinearProblem } from "../linear-problem.ts";
import { encodeModel } from "./onnx-graph.ts";
import { transpose } from "./transpose.ts";

/** One MatMul of float16 weights, stored `[inFeatures, outFeatures]`; x and y are float16, too. */
export function encodeFloat16Model({ inFeatures, outFeatures, weight }: LinearProblem): Uint8Array {
  const data = Float16Array.from(transpose(weight, outFeatures, inFeatures));
  return encodeModel({
    dtype: "float16",
    inFeatures,
    outFeatures,
    nodes: [{ op: "MatMul", name: "MatMul", inputs: ["x", "weight"], outputs: ["y"] }],
    initializers: [{ name: "weight", shape: [inFeatures, outFeatures], data }],
  });
}
