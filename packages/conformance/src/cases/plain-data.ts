import { type FloatDType, type HostQuantizedTensor, type HostTensor, hostTensor } from "@octet/core";
import { checkSameTensor } from "../checks/compare.ts";
import { generate } from "../data/data.ts";

/** `[8, 8]` of 127: per channel its scales are 1 and its codes 127, and it comes back unchanged. */
export function plainMatrix(): HostTensor<FloatDType> {
  return generate("float32", [8, 8], () => 127);
}

/** Options of the quantization that every backend supports. */
export const plainQuantization = { granularity: { kind: "channel", dim: 0 } } as const;

/** Fails unless these are the codes of `plainMatrix`. */
export function checkPlainCodes({ quantized, scale }: HostQuantizedTensor, what: string): void {
  checkSameTensor(scale, hostTensor("float32", [8], new Float32Array(8).fill(1)), `${what}, scales`);
  checkSameTensor(quantized, hostTensor("int8", [8, 8], new Int8Array(64).fill(127)), `${what}, codes`);
}
