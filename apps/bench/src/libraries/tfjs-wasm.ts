import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { env, matMul, ready, setBackend, tensor2d } from "@tensorflow/tfjs-core";
import { transpose } from "../models/transpose.ts";
import { type Library, tolerances } from "./library.ts";

const arm = "tfjs-wasm-float32";

export const tfjsWasm: Library = {
  name: "tfjs-backend-wasm",
  arms: [{ id: arm, title: "float32 matMul", tolerance: tolerances.float }],
  unavailable: (threads) => (threads > 1 ? "has no threads in Node" : undefined),
  async open({ outFeatures, inFeatures, weight }, threads) {
    env().set("PROD", true);
    setThreadsCount(threads);
    if (!(await setBackend("wasm"))) throw new Error("the backend did not start");
    await ready();
    // [inFeatures, outFeatures]: its fast kernel takes no transposed weights.
    const w = tensor2d(transpose(weight, outFeatures, inFeatures), [inFeatures, outFeatures]);
    return {
      multiply: {
        async [arm](values, rows) {
          const x = tensor2d(values, [rows, inFeatures]);
          const y = matMul(x, w);
          const data = await y.data<"float32">();
          x.dispose();
          y.dispose();
          return data;
        },
      },
      close: async () => w.dispose(),
    };
  },
};
