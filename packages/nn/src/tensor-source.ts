import { type Backend, type FloatDType, formatValue, OctetError, type Tensor, type TensorLike } from "@octet/core";

/** Floats that a layer copies from: of the host, or of the layer's device. The caller still owns them. */
export type TensorSource = TensorLike<FloatDType> | Tensor<FloatDType>;

export function isDeviceTensor(source: TensorSource): source is Tensor<FloatDType> {
  return "backend" in source;
}

/** Refuses values that cannot be tensors, for callers without a compiler. @throws OctetError `ERR_DTYPE` */
export function validateSource(source: TensorSource, what: string): void {
  if (typeof source === "object" && source !== null && Array.isArray(source.shape)) return;
  throw new OctetError("ERR_DTYPE", `got ${formatValue(source)} for ${what}; pass hostTensor(dtype, shape, data)`);
}

/** The source on the host. @throws OctetError `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED` */
export async function readTensor(backend: Backend, source: TensorSource): Promise<TensorLike<FloatDType>> {
  return isDeviceTensor(source) ? backend.download(source) : source;
}

/** Checks the argument of `forward`, for callers without a compiler. @throws OctetError `ERR_FOREIGN_TENSOR` for what is not on a device */
export function onDevice(x: Tensor<FloatDType>): Tensor<FloatDType> {
  if (typeof x?.backend?.run === "function") return x;
  throw new OctetError(
    "ERR_FOREIGN_TENSOR",
    `got ${formatValue(x)}; pass a tensor of a backend: backend.upload(x) makes one`,
  );
}
