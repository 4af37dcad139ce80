import type { Threads } from "../arms/library.ts";
import { type MemoryArm, quantizeBytes } from "../arms/memory-arm.ts";
import { findQuantizeFault } from "./find-fault.ts";

type QuantizeRows = (original: Float32Array, inFeatures: number, codes: Int8Array, scales: Float32Array) => void;

const quantizeWith = (id: string, title: string, quantizeRows: QuantizeRows): MemoryArm<Threads> => ({
  id,
  library: "plain JavaScript",
  title,
  bytesPerElement: quantizeBytes,
  async start(problem) {
    const { original, outFeatures, inFeatures } = problem;
    const codes = new Int8Array(original.length);
    const scales = new Float32Array(outFeatures);
    return {
      run: async () => quantizeRows(original, inFeatures, codes, scales),
      findFault: async () => findQuantizeFault(problem, codes, scales),
      dispose() {},
    };
  },
});

/** Added to a float64 and taken off again, it rounds to a whole number, ties to even. */
const rounder = 1.5 * 2 ** 52;

/** The loop that runs fastest, and is exact. */
function quantizeExactly(original: Float32Array, inFeatures: number, codes: Int8Array, scales: Float32Array): void {
  for (let row = 0; row < scales.length; row++) {
    const start = row * inFeatures;
    const end = start + inFeatures;
    let largest = 0;
    for (let i = start; i < end; i++) {
      const magnitude = Math.abs(original[i]);
      if (magnitude > largest) largest = magnitude;
    }
    const scale = Math.fround(largest / 127) || 1;
    scales[row] = scale;
    for (let i = start; i < end; i++) codes[i] = Math.fround(original[i] / scale) + rounder - rounder;
  }
}

/** The loop that one writes first; ties go up. */
function quantizeRounding(original: Float32Array, inFeatures: number, codes: Int8Array, scales: Float32Array): void {
  for (let row = 0; row < scales.length; row++) {
    const start = row * inFeatures;
    const end = start + inFeatures;
    let largest = 0;
    for (let i = start; i < end; i++) {
      const magnitude = Math.abs(original[i]);
      if (magnitude > largest) largest = magnitude;
    }
    const scale = Math.fround(largest / 127) || 1;
    scales[row] = scale;
    for (let i = start; i < end; i++) codes[i] = Math.round(original[i] / scale);
  }
}

/** Two ways without a library, one scale per row. Each is a function of its own, so that neither keeps the other from being compiled well. */
export const quantizeLoops: readonly MemoryArm<Threads>[] = [
  quantizeWith("loop", "loop over typed arrays", quantizeExactly),
  quantizeWith("loop-math-round", "loop, with Math.round", quantizeRounding),
];
