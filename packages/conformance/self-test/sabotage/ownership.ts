import type { Backend, HostQuantizedTensor, HostTensor, MemoryUse, Tensor, TensorLike } from "@octet/core";
import { type AnyTensor, afterEveryOp, hostOf, patch, withFields } from "./patch.ts";
import type { Sabotage } from "./sabotage.ts";

/** Memory that is kept, shared, overwritten or counted wrong. */
export const ownershipSabotages: readonly Sabotage[] = [
  { fault: "leak", apply: leak },
  { fault: "consumed-input", apply: (backend) => afterEveryOp(backend, (_result, [input]) => input.dispose()) },
  { fault: "overwritten-neighbour", apply: overwriteNeighbour },
  { fault: "kept-upload", apply: keepUpload },
  { fault: "live-download", apply: shareDownload },
  { fault: "shared-shape", apply: shareShapes },
  { fault: "wrong-memory", apply: countNoBytes },
  { fault: "late-download", apply: downloadLater },
];

function leak(backend: Backend): void {
  afterEveryOp(backend, () => {
    backend.upload({ dtype: "int8", shape: [1], data: new Int8Array(1) });
  });
}

/** Changes the first byte of the tensor that was uploaded last, operands and codes aside. */
function overwriteNeighbour(backend: Backend): void {
  const uploads: Tensor[] = [];
  patch(backend, "upload", (original) => (host: TensorLike) => {
    const tensor = original(host);
    if (!("granularity" in tensor)) uploads.push(tensor);
    return tensor;
  });
  afterEveryOp(backend, (_result, operands) => {
    const neighbour = uploads.findLast((tensor) => !tensor.disposed && !operands.includes(tensor));
    if (neighbour === undefined) return;
    const { data } = hostOf(neighbour);
    if (data.length > 0) new Uint8Array(data.buffer, data.byteOffset)[0] += 1;
  });
}

function keepUpload(backend: Backend): void {
  patch(backend, "upload", (original) => (host: never) => {
    const tensor = original(host) as AnyTensor;
    const kept = hostOf(tensor);
    if ("quantized" in kept) {
      Object.assign(kept.quantized, { data: (host as HostQuantizedTensor).quantized.data });
      Object.assign(kept.scale, { data: (host as HostQuantizedTensor).scale.data });
    } else {
      const { buffer, byteOffset, length } = (host as HostTensor).data;
      const View = kept.data.constructor as new (...parameters: unknown[]) => HostTensor["data"];
      Object.assign(kept, { data: new View(buffer, byteOffset, length) });
    }
    return tensor;
  });
}

function shareDownload(backend: Backend): void {
  patch(backend, "download", (original) => async (tensor: Tensor) => {
    const host = tensor && hostOf(tensor);
    await original(tensor); // for its errors
    return host;
  });
}

/** Handles keep the caller's own shape and granularity, in fields that can be written. */
function shareShapes(backend: Backend): void {
  const loosen = (tensor: AnyTensor, shape: readonly number[], granularity: unknown): AnyTensor =>
    withFields(tensor, { shape, ...("granularity" in tensor && { granularity }) });
  patch(backend, "upload", (original) => (host: never) => {
    const { quantized = host, granularity } = host as HostQuantizedTensor;
    return loosen(original(host) as AnyTensor, quantized.shape, granularity);
  });
  patch(backend, "quantize", (original) => (x: never, options: never) => {
    const result = original(x, options);
    return loosen(result, [...result.shape], { ...result.granularity });
  });
}

function countNoBytes(backend: Backend): void {
  const memory = backend.memory.bind(backend);
  Object.defineProperty(backend, "memory", { value: (): MemoryUse => ({ ...memory(), bytes: 0 }) });
}

function downloadLater(backend: Backend): void {
  patch(backend, "download", (original) => async (tensor: Tensor) => {
    await null;
    return original(tensor);
  });
}
