import type { LinearProblem } from "../linear-problem.ts";
import { encodeModel } from "./onnx-graph.ts";
import { transpose } from "./transpose.ts";

/** One MatMul of float32 weights, stored `[inFeatures, outFeatures]` as exporters store them. */
export function encodeFloat32Model({ inFeatures, outFeatures, weight }: LinearProblem): Uint8Array {
  return encodeModel({
    inFeatures,
    outFeatures,
    nodes: [{ op: "MatMul", name: "MatMul", inputs: ["x", "weight"], outputs: ["y"] }],
    initializers: [
      { name: "weight", shape: [inFeatures, outFeatures], data: transpose(weight, outFeatures, inFeatures) },
    ],
  });
}
