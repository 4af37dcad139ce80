import {
  type DType,
  type HostQuantizedTensor,
  type HostRowCodes,
  type HostTensor,
  hostTensor,
  OctetError,
  type QuantizedForm,
  type RowCodesForm,
  scaleShape,
  sizeOf,
  type TensorForm,
} from "@octet/core";
import {
  allocate,
  bytesOf,
  type Form,
  type HostData,
  isQuantizedForm,
  isRowCodesForm,
  viewData,
} from "@octet/core/backend";
import { codeIndex, codeLayout } from "./code-layout.ts";
import type { Heap } from "./heap.ts";
import { scaleOffset } from "./storage.ts";

/** Copies host data into the block at `address`. */
export function storeHost(heap: Heap, address: number, host: HostData): void {
  if ("quantized" in host) {
    storeTensor(heap, address, host.quantized);
    storeTensor(heap, address + scaleOffset(host.quantized), host.scale);
  } else if ("codes" in host) {
    storeRowCodes(heap, address, host);
  } else {
    storeTensor(heap, address, host);
  }
}

/** A fresh copy of what the block at `address` holds. @throws OctetError `ERR_OUT_OF_MEMORY` */
export function copyHostData(heap: Heap, address: number, form: Form): HostData {
  if (isQuantizedForm(form)) return copyQuantized(heap, address, form);
  return isRowCodesForm(form) ? copyRowCodes(heap, address, form) : copyTensor(heap, address, form);
}

function storeTensor(heap: Heap, address: number, { data }: HostTensor): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  heap.bytes(address, bytes.length).set(bytes);
}

/** Without the trees: a kernel makes them. */
function storeRowCodes(heap: Heap, address: number, { codes, scale }: HostRowCodes): void {
  const layout = codeLayout(codes.shape);
  const target = heap.bytes(address, layout.scaleOffset).fill(0);
  const words = new Int16Array(target.buffer, target.byteOffset, target.length / 2);
  for (let row = 0, i = 0; row < layout.m; row++) {
    for (let feature = 0; feature < layout.k; feature++) words[codeIndex(layout, row, feature)] = codes.data[i++];
  }
  storeTensor(heap, address + layout.scaleOffset, scale);
}

function copyTensor<D extends DType>(heap: Heap, address: number, form: TensorForm<D>): HostTensor<D> {
  const { buffer } = copyBytes(heap.bytes(address, bytesOf(form)));
  return hostTensor(form.dtype, form.shape, viewData(form.dtype, buffer));
}

function copyQuantized(heap: Heap, address: number, form: QuantizedForm): HostQuantizedTensor {
  const { shape, granularity, bits } = form;
  const scale = { dtype: "float32", shape: scaleShape(granularity, shape) } as const;
  return {
    quantized: copyTensor(heap, address, { dtype: "int8", shape }),
    scale: copyTensor(heap, address + scaleOffset(form), scale),
    granularity,
    bits,
  };
}

function copyRowCodes(heap: Heap, address: number, { shape, activations }: RowCodesForm): HostRowCodes {
  const layout = codeLayout(shape);
  const source = heap.bytes(address, layout.scaleOffset);
  const words = new Int16Array(source.buffer, source.byteOffset, source.length / 2);
  const codes = allocate(activations, sizeOf(shape));
  for (let row = 0, i = 0; row < layout.m; row++) {
    for (let feature = 0; feature < layout.k; feature++) codes[i++] = words[codeIndex(layout, row, feature)];
  }
  const scale = { dtype: "float32", shape: shape.slice(0, -1) } as const;
  return {
    activations,
    codes: hostTensor(activations, shape, codes),
    scale: copyTensor(heap, address + layout.scaleOffset, scale),
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
