import type { Backend, HostQuantizedTensor, HostTensor, QuantizedTensor, Tensor } from "@octet/core";

/** What an op takes or gives, on the host. */
export type HostOperand = HostTensor | HostQuantizedTensor;

/** What an op takes or gives, on a device. */
export type Operand = Tensor | QuantizedTensor;

/** `backend.upload` of either kind. */
export function upload(backend: Backend, host: HostOperand): Operand {
  return "quantized" in host ? backend.upload(host) : backend.upload(host);
}

/** `backend.download` of either kind. */
export function download(backend: Backend, tensor: Operand): Promise<HostOperand> {
  return "granularity" in tensor ? backend.download(tensor) : backend.download(tensor);
}

/** The data of a host tensor; of codes and of scales, where there are both. In bytes. */
export function partSizes(host: HostOperand): number[] {
  if (!("quantized" in host)) return [host.data.byteLength];
  return [host.quantized.data.byteLength, host.scale.data.byteLength];
}
