import type { Threads } from "../arms/library.ts";
import { dequantizeBytes, type MemoryArm } from "../arms/memory-arm.ts";
import { findDequantizeFault } from "./find-fault.ts";

/** What one writes without a library. */
export const dequantizeLoop: MemoryArm<Threads> = {
  id: "loop",
  library: "plain JavaScript",
  title: "loop over typed arrays",
  bytesPerElement: dequantizeBytes,
  async start(problem) {
    const { quantized, inFeatures } = problem;
    const values = new Float32Array(quantized.quantized.data.length);
    return {
      run: async () => dequantizeRows(quantized.quantized.data, quantized.scale.data, inFeatures, values),
      findFault: async () => findDequantizeFault(problem, values),
      dispose() {},
    };
  },
};

function dequantizeRows(codes: Int8Array, scales: Float32Array, inFeatures: number, values: Float32Array): void {
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row];
    const end = (row + 1) * inFeatures;
    for (let i = row * inFeatures; i < end; i++) values[i] = codes[i] * scale;
  }
}
