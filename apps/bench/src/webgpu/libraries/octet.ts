import { type Backend, hostTensor, type LinearActivations, linear, type Tensor } from "@octet/core";
import { createWebGPUBackend } from "@octet/webgpu";
import type { ProductJob } from "../../arms/job.ts";
import { type Library, type LinearArm, tolerances } from "../../arms/library.ts";
import type { SharedDevice } from "../shared-device.ts";

const activationsOf: Readonly<Record<string, LinearActivations>> = {
  "octet-webgpu-int8": "int8",
  "octet-webgpu-int16": "int16",
};

const arms: readonly LinearArm[] = [
  { id: "octet-webgpu-int8", title: "int8 weights, int8 activations", tolerance: tolerances.int8 },
  { id: "octet-webgpu-int16", title: "int8 weights, int16 activations", tolerance: tolerances.int16 },
  { id: "octet-webgpu-float", title: "int8 weights, float32 activations", tolerance: tolerances.float },
  { id: "octet-webgpu-float32", title: "float32 weights", tolerance: tolerances.float },
];

export const octetWebGPU: Library<SharedDevice> = {
  name: "Octet WebGPU",
  arms,
  async open(problem, { gpu, device }) {
    const backend = await createWebGPUBackend({ gpu, device });
    const { outFeatures, inFeatures } = problem;
    const quantized = backend.upload(problem.quantized);
    const float = backend.upload(hostTensor("float32", [outFeatures, inFeatures], problem.weight));
    return {
      async start(arm, values, rows) {
        const x = backend.upload(hostTensor("float32", [rows, inFeatures], values));
        const weight = arm === "octet-webgpu-float32" ? float : quantized;
        const options = { activations: activationsOf[arm] ?? "float" };
        return productJob(backend, x, () => linear(x, weight, options));
      },
      close: async () => backend.dispose(),
    };
  },
};

function productJob(backend: Backend, x: Tensor, multiply: () => Tensor): ProductJob {
  let y: Tensor | undefined;
  return {
    run() {
      y?.dispose();
      y = multiply();
    },
    // Ops are submitted at the latest when the synchronous code that enqueued them ends.
    submit: () => Promise.resolve(),
    read: async () => (await backend.download(y!)).data as Float32Array,
    dispose() {
      y?.dispose();
      x.dispose();
    },
  };
}
