import {
  type Backend,
  createReferenceBackend,
  type FloatDType,
  OctetError,
  type QuantizedTensor,
  type Tensor,
  type TensorLike,
} from "@octet/core";

/**
 * A reference backend that behaves as a device does: what only the data can tell, and memory that runs out at an upload, is reported
 * by a download of the tensor and by the next `sync`, and not at the call.
 */
export function createLazyBackend(memoryLimit: number = Number.POSITIVE_INFINITY): Backend {
  const backend = createReferenceBackend();
  const quantize = backend.quantize.bind(backend);
  const upload: (host: TensorLike) => Tensor = backend.upload.bind(backend);
  const download: (tensor: Tensor) => Promise<unknown> = backend.download.bind(backend);
  const faults = new Map<object, unknown>();
  const unreported = new Set<unknown>();
  const blame = <T extends Tensor | QuantizedTensor>(tensor: T, error: unknown): T => {
    faults.set(tensor, error);
    unreported.add(error);
    return tensor;
  };
  backend.quantize = (x, options) => {
    try {
      return quantize(x, options);
    } catch (error) {
      using zeros = backend.upload({ dtype: "float32", shape: x.shape, data: new Float32Array(sizeOf(x)) });
      return blame(quantize(zeros, options), error);
    }
  };
  backend.upload = ((host: TensorLike) => {
    const tensor = upload(host);
    if (backend.memory().bytes <= memoryLimit) return tensor;
    return blame(tensor, new OctetError("ERR_OUT_OF_MEMORY", "the device is full"));
  }) as Backend["upload"];
  backend.download = (async (tensor: Tensor) => {
    const host = await download(tensor);
    if (!faults.has(tensor)) return host;
    unreported.delete(faults.get(tensor));
    throw faults.get(tensor);
  }) as Backend["download"];
  backend.sync = async () => {
    const [first] = unreported;
    unreported.clear();
    if (first !== undefined) throw first;
  };
  return backend;
}

function sizeOf(x: Tensor<FloatDType>): number {
  return x.shape.reduce((product, extent) => product * extent, 1);
}
