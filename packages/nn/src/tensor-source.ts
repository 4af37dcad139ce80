import type { Backend, FloatDType, Tensor, TensorLike } from "@octet/core";

/** Floats that a layer copies from: of the host, or of the layer's device. The caller still owns them. */
export type TensorSource = TensorLike<FloatDType> | Tensor<FloatDType>;

export function isDeviceTensor(source: TensorSource): source is Tensor<FloatDType> {
  return "backend" in source;
}

/** The source on the host. @throws OctetError `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED` */
export async function readTensor(backend: Backend, source: TensorSource): Promise<TensorLike<FloatDType>> {
  return isDeviceTensor(source) ? backend.download(source) : source;
}
