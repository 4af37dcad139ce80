import {
  type Backend,
  createReferenceBackend,
  OctetError,
  quantizeOp,
  sizeOf,
  type Tensor,
  type TensorLike,
} from "@octet/core";

/**
 * A reference backend that behaves as a device does: what only the data can tell, and memory that runs out at an upload, is reported
 * by a download of the tensor and by the next `sync`, and not at the call.
 */
export function createLazyBackend(memoryLimit: number = Number.POSITIVE_INFINITY): Backend {
  const backend = createReferenceBackend();
  const run: Backend["run"] = backend.run.bind(backend);
  const upload: (host: TensorLike) => Tensor = backend.upload.bind(backend);
  const download: (tensor: Tensor) => Promise<unknown> = backend.download.bind(backend);
  const faults = new Map<object, unknown>();
  const unreported = new Set<unknown>();
  const blame = <T extends object>(tensor: T, error: unknown): T => {
    faults.set(tensor, error);
    unreported.add(error);
    return tensor;
  };
  backend.run = ((op: typeof quantizeOp, inputs: { readonly x: Tensor<"float32"> }, options: never) => {
    try {
      return run(op, inputs, options);
    } catch (error) {
      if (op !== quantizeOp) throw error;
      const { shape } = inputs.x;
      using zeros = backend.upload({ dtype: "float32", shape, data: new Float32Array(sizeOf(shape)) });
      return blame(run(op, { x: zeros }, options), error);
    }
  }) as Backend["run"];
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
