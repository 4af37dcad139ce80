import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Library, Threads } from "../arms/library.ts";
import { onnxArms, openOnnxLibrary } from "./onnxruntime.ts";

/** The native build, with the CPU provider. */
export const onnxruntimeNode: Library<Threads> = {
  name: "onnxruntime-node",
  arms: onnxArms("ort-node"),
  open: (problem, threads) => openOnnxLibrary("ort-node", { InferenceSession, Tensor }, "cpu", problem, threads),
};
