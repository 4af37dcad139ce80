import { env, InferenceSession, Tensor } from "onnxruntime-web";
import type { Library, Threads } from "../arms/library.ts";
import { onnxArms, openOnnxLibrary } from "./onnxruntime.ts";

/** The WebAssembly build: its threads are chosen once for a process, before the first session. */
export const onnxruntimeWeb: Library<Threads> = {
  name: "onnxruntime-web",
  arms: onnxArms("ort-web"),
  open(problem, threads) {
    env.wasm.numThreads = threads;
    return openOnnxLibrary("ort-web", { InferenceSession, Tensor }, "wasm", problem, threads);
  },
};
