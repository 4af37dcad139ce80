import {
  type DType,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  OctetError,
  scaleShape,
  type TypedArrayOf,
} from "@octet/core";
import { type QuantizedForm, quantizedParts, type TensorForm, tensorBytes } from "./device-tensor.ts";
import type { Heap } from "./heap.ts";

/** Copies a tensor into the block at `address`. */
export function storeTensor(heap: Heap, address: number, host: HostTensor): void {
  const data = bytesOf(host.data);
  heap.bytes(address, data.length).set(data);
}

/** Copies codes and scales into the block at `address`. */
export function storeQuantized(heap: Heap, address: number, host: HostQuantizedTensor): void {
  const { scaleOffset } = quantizedParts({ shape: host.quantized.shape, ...host });
  storeTensor(heap, address, host.quantized);
  storeTensor(heap, address + scaleOffset, host.scale);
}

/** A fresh copy of a tensor. @throws OctetError `ERR_OUT_OF_MEMORY` */
export function copyTensor<D extends DType>(
  heap: Heap,
  address: number,
  { dtype, shape }: TensorForm<D>,
): HostTensor<D> {
  const bytes = copyBytes(heap.bytes(address, tensorBytes({ dtype, shape })));
  return hostTensor(dtype, shape, viewAs(dtype, bytes.buffer));
}

/** A fresh copy of codes and scales. @throws OctetError `ERR_OUT_OF_MEMORY` */
export function copyQuantized(heap: Heap, address: number, form: QuantizedForm): HostQuantizedTensor {
  const { shape, granularity, bits } = form;
  const scale = { dtype: "float32", shape: scaleShape(granularity, shape) } as const;
  return {
    quantized: copyTensor(heap, address, { dtype: "int8", shape }),
    scale: copyTensor(heap, address + quantizedParts(form).scaleOffset, scale),
    granularity,
    bits,
  };
}

function copyBytes(bytes: Uint8Array): Uint8Array {
  try {
    return bytes.slice();
  } catch (cause) {
    throw new OctetError(
      "ERR_OUT_OF_MEMORY",
      `the host has no room for a copy of ${bytes.length} bytes; let go of other arrays, or download smaller tensors`,
      { cause },
    );
  }
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const views: { readonly [D in DType]: new (buffer: ArrayBufferLike) => TypedArrayOf[D] } = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int32: Int32Array,
};

function viewAs<D extends DType>(dtype: D, buffer: ArrayBufferLike): TypedArrayOf[D] {
  return new views[dtype](buffer);
}
