import { OctetError } from "@octet/core";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { env, matMul, ready, setBackend, tensor2d } from "@tensorflow/tfjs-core";
import { hostJob } from "../arms/job.ts";
import { type Library, type Threads, tolerances } from "../arms/library.ts";
import { transpose } from "../models/transpose.ts";

export const tfjsWasm: Library<Threads> = {
  name: "tfjs-backend-wasm",
  arms: [{ id: "tfjs-wasm-float32", title: "float32 matMul", tolerance: tolerances.float }],
  async open({ outFeatures, inFeatures, weight }, threads) {
    if (threads > 1) throw new OctetError("ERR_UNAVAILABLE", "has no threads in Node");
    env().set("PROD", true);
    setThreadsCount(threads);
    if (!(await setBackend("wasm"))) throw new Error("the backend did not start");
    await ready();
    // [inFeatures, outFeatures]: its fast kernel takes no transposed weights.
    const w = tensor2d(transpose(weight, outFeatures, inFeatures), [inFeatures, outFeatures]);
    return {
      start: async (_arm, values, rows) =>
        hostJob(async () => {
          const x = tensor2d(values, [rows, inFeatures]);
          const y = matMul(x, w);
          const data = await y.data<"float32">();
          x.dispose();
          y.dispose();
          return data;
        }),
      close: async () => w.dispose(),
    };
  },
};
