import { type Backend, createReferenceBackend, type FloatDType, type Tensor } from "@octet/core";

/** A reference backend that behaves as a device does: what only the data can tell is reported by the next `sync`, not at the call. */
export function createLazyBackend(): Backend {
  const backend = createReferenceBackend();
  const quantize = backend.quantize.bind(backend);
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
  backend.sync = async () => {
    const [first] = errors.splice(0);
    if (first !== undefined) throw first;
  };
  return backend;
}

function sizeOf(x: Tensor<FloatDType>): number {
  return x.shape.reduce((product, extent) => product * extent, 1);
}
