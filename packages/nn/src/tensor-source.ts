import type { Backend } from "@octet/core";
import { type FloatDType, type Tensor, type TensorLike, validateOwned } from "@octet/core";

/** Floats that a layer copies from: of the host, or of the layer's device. The caller still owns them. */
export type TensorSource = TensorLike<FloatDType> | Tensor<FloatDType>;

export function isDeviceTensor(source: TensorSource): source is Tensor<FloatDType> {
  return "backend" in source;
}

/** The source on the host. @throws OctetError `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED` */
export async function readTensor(
  backend: Backend,
  source: TensorSource,
  what: string,
): Promise<TensorLike<FloatDType>> {
  if (!isDeviceTensor(source)) return source;
  validateOwned(backend, source, what);
  return backend.download(source);
}
