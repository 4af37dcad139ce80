import { hostTensor, type QuantizedTensor, quantize } from "@octet/core";
import { createWebGPUBackend } from "@octet/webgpu";
import { oneRounding } from "../../memory/find-fault.ts";
import { octetQuantizeId, type QuantizeArm } from "./quantize-arm.ts";

export const octetQuantize: QuantizeArm = {
  id: octetQuantizeId,
  library: "Octet WebGPU",
  title: "exact, on integers",
  rounding: oneRounding,
  async start({ original, outFeatures, inFeatures }, { gpu, device }) {
    const backend = await createWebGPUBackend({ gpu, device });
    const x = backend.upload(hostTensor("float32", [outFeatures, inFeatures], original));
    let result: QuantizedTensor | undefined;
    return {
      enqueue() {
        result?.dispose();
        result = quantize(x, { granularity: { kind: "channel", dim: 0 } });
      },
      // Ops are submitted at the latest when the synchronous code that enqueued them ends.
      submit: () => Promise.resolve(),
      async read() {
        const { quantized, scale } = await backend.download(result!);
        return { codes: quantized.data, scales: scale.data };
      },
      dispose: () => backend.dispose(),
    };
  },
};
