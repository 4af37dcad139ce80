/** The kernels of assembly/index.ts. Launches name them by their place in this list, which is the same in every thread. */
export const kernelNames = [
  "absmaxBlocks",
  "activateBlocks",
  "countNonFinite",
  "dequantizeRuns",
  "gemmFloats",
  "gemmIntegers",
  "gemvFloats",
  "gemvIntegers",
  "packRows",
  "quantizeBlocks",
  "quantizeChannels",
  "quantizeRows",
] as const;

export type KernelName = (typeof kernelNames)[number];

/** Runs items begin .. end - 1. `record` and `scratch` are addresses. */
export type Kernel = (record: number, begin: number, end: number, scratch: number) => void;

/** The kernels of an instance, in the order of `kernelNames`. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): readonly Kernel[] {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return kernelNames.map((name) => exports[name] as Kernel);
}
