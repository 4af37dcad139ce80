import { findDequantizeFault, findQuantizeFault } from "./find-fault.ts";
import { dequantizeBytes, type MemoryArm, quantizeBytes } from "./memory-arm.ts";

const library = "plain JavaScript";

type QuantizeRows = (original: Float32Array, inFeatures: number, codes: Int8Array, scales: Float32Array) => void;

const quantizeWith = (id: string, title: string, quantizeRows: QuantizeRows): MemoryArm => ({
  id,
  library,
  title,
  bytesPerElement: quantizeBytes,
  async open(problem) {
    const { original, outFeatures, inFeatures } = problem;
    const codes = new Int8Array(original.length);
    const scales = new Float32Array(outFeatures);
    return {
      call: async () => quantizeRows(original, inFeatures, codes, scales),
      findFault: async () => findQuantizeFault(problem, codes, scales),
      close: async () => {},
    };
  },
});

export const dequantizeLoop: MemoryArm = {
  id: "loop",
  library,
  title: "loop over typed arrays",
  bytesPerElement: dequantizeBytes,
  async open(problem) {
    const { quantized, inFeatures } = problem;
    const values = new Float32Array(quantized.quantized.data.length);
    return {
      call: async () => dequantizeRows(quantized.quantized.data, quantized.scale.data, inFeatures, values),
      findFault: async () => findDequantizeFault(problem, values),
      close: async () => {},
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

/** Two ways without a library: loops over typed arrays, one scale per row. */
export const quantizeLoops: readonly MemoryArm[] = [
  quantizeWith("loop", "loop over typed arrays", quantizeExactly),
  quantizeWith("loop-math-round", "loop, with Math.round", quantizeRounding),
];
