import { hostTensor, type QuantizedTensor, quantize } from "@octet/core";
import { createWebGPUBackend } from "@octet/webgpu";
import type { MemoryArm } from "../../arms/memory-arm.ts";
import { quantizeBytes } from "../../arms/memory-arm.ts";
import { findQuantizeFault } from "../../memory/find-fault.ts";
import type { SharedDevice } from "../shared-device.ts";
import { octetQuantizeId } from "./octet-quantize-id.ts";

export const octetQuantize: MemoryArm<SharedDevice> = {
  id: octetQuantizeId,
  library: "Octet WebGPU",
  title: "exact, on integers",
  bytesPerElement: quantizeBytes,
  async start(problem, { gpu, device }) {
    const { original, outFeatures, inFeatures } = problem;
    const backend = await createWebGPUBackend({ gpu, device });
    const x = backend.upload(hostTensor("float32", [outFeatures, inFeatures], original));
    let result: QuantizedTensor | undefined;
    return {
      run() {
        result?.dispose();
        result = quantize(x, { granularity: { kind: "channel", dim: 0 } });
      },
      // Ops are submitted at the latest when the synchronous code that enqueued them ends.
      submit: () => Promise.resolve(),
      async findFault() {
        const { quantized, scale } = await backend.download(result!);
        return findQuantizeFault(problem, quantized.data, scale.data);
      },
      dispose: () => backend.dispose(),
    };
  },
};
