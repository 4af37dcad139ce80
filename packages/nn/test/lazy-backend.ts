import {
  type Backend,
  createReferenceBackend,
  type FloatDType,
  OctetError,
  type Tensor,
  type TensorLike,
} from "@octet/core";

/**
 * A reference backend that behaves as a device does: what only the data can tell, and memory that runs out at an upload, is reported
 * by the next `sync` and not at the call.
 */
export function createLazyBackend(memoryLimit: number = Number.POSITIVE_INFINITY): Backend {
  const backend = createReferenceBackend();
  const quantize = backend.quantize.bind(backend);
  const upload: (host: TensorLike) => Tensor = backend.upload.bind(backend);
  const errors: unknown[] = [];
  backend.quantize = (x, options) => {
    try {
      return quantize(x, options);
    } catch (error) {
      errors.push(error);
      using zeros = backend.upload({ dtype: "float32", shape: x.shape, data: new Float32Array(sizeOf(x)) });
      return quantize(zeros, options);
    }
  };
  backend.upload = ((host: TensorLike) => {
    const tensor = upload(host);
    if (backend.memory().bytes > memoryLimit) errors.push(new OctetError("ERR_OUT_OF_MEMORY", "the device is full"));
    return tensor;
  }) as Backend["upload"];
  backend.sync = async () => {
    const [first] = errors.splice(0);
    if (first !== undefined) throw first;
  };
  return backend;
}

function sizeOf(x: Tensor<FloatDType>): number {
  return x.shape.reduce((product, extent) => product * extent, 1);
}
