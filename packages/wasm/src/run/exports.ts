import { kernelNames } from "../generated/kernels.ts";

/** A kernel of an instance: runs items begin .. end - 1. `record` and `scratch` are addresses. */
export type KernelExport = (record: number, begin: number, end: number, scratch: number) => void;

/** The kernels of an instance, in the order of `kernelNames`. */
export interface KernelExports {
  readonly kernels: readonly KernelExport[];
  /** Called with the record of a launch that has run and has a finding. */
  readonly countNonFinite: KernelExport;
}

export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    kernels: kernelNames.map((name) => exports[name] as KernelExport),
    countNonFinite: exports.countNonFinite as KernelExport,
  };
}
