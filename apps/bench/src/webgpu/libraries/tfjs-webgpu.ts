import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import {
  engine,
  env,
  findBackendFactory,
  matMul,
  registerBackend,
  removeBackend,
  setBackend,
  type Tensor2D,
  tensor2d,
} from "@tensorflow/tfjs-core";
import { type Library, tolerances } from "../../arms/library.ts";
import { transpose } from "../../models/transpose.ts";
import type { SharedDevice } from "../shared-device.ts";

const transposed = "tfjs-webgpu-float32-transposed";

/** Weights as its layers have them, and transposed: which one it has the faster kernel for depends on the number of rows. */
export const tfjsWebGPU: Library<SharedDevice> = {
  name: "tfjs-backend-webgpu",
  arms: [
    { id: "tfjs-webgpu-float32", title: "float32 matMul", tolerance: tolerances.float },
    { id: transposed, title: "float32 matMul, weights transposed", tolerance: tolerances.float },
  ],
  async open({ outFeatures, inFeatures, weight }, { device }) {
    env().set("PROD", true);
    // Kernels are registered for the name "webgpu": the backend that it stands for is replaced by one on the shared device.
    if (findBackendFactory("webgpu")) removeBackend("webgpu");
    registerBackend("webgpu", () => new WebGPUBackend(device, device.adapterInfo));
    if (!(await setBackend("webgpu"))) throw new Error("the backend did not start");
    const backend = engine().backend as WebGPUBackend;
    const kernel = tensor2d(transpose(weight, outFeatures, inFeatures), [inFeatures, outFeatures]);
    const rowPerOutput = tensor2d(weight, [outFeatures, inFeatures]);
    return {
      async start(arm, values, rows) {
        const x = tensor2d(values, [rows, inFeatures]);
        let y: Tensor2D | undefined;
        return {
          run() {
            y?.dispose();
            y = arm === transposed ? matMul(x, rowPerOutput, false, true) : matMul(x, kernel);
          },
          submit() {
            backend.endComputePassEncoder();
            if (hasCommands(backend)) backend.submitQueue();
          },
          read: () => y!.data<"float32">(),
          dispose() {
            y?.dispose();
            x.dispose();
          },
        };
      },
      async close() {
        kernel.dispose();
        rowPerOutput.dispose();
      },
    };
  },
};

/** `submitQueue` fails when the last job filled a batch, so that nothing is left. */
const hasCommands = (backend: WebGPUBackend): boolean =>
  (backend as unknown as { commandEncoder: GPUCommandEncoder | null }).commandEncoder !== null;
