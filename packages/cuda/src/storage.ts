import {
  hostTensor,
  isHostQuantizedTensor,
  type QuantizedForm,
  type RowCodesForm,
  scaleShape,
  sizeOf,
  type TensorForm,
} from "@octet/core";
import {
  bytesOf,
  type Form,
  type HostData,
  isHostRowCodes,
  isQuantizedForm,
  isRowCodesForm,
  rowCount,
  viewData,
} from "@octet/core/backend";
import type { NativeBuffer, NativeDevice } from "./addon.ts";
import { codeBytes, codeLayout, packCodes, unpackCodes } from "./code-layout.ts";

/** The device memory of one handle. */
export interface Storage {
  /** Elements, or codes. */
  readonly data: NativeBuffer;
  /** float32, of codes alone. */
  readonly scales: NativeBuffer | undefined;
}

/** Allocates both parts or neither. */
export function allocateStorage(device: NativeDevice, form: Form): Storage {
  const scaleCount = scaleCountOf(form);
  const data = device.allocate(dataBytes(form));
  try {
    return { data, scales: scaleCount === undefined ? undefined : device.allocate(scaleCount * 4) };
  } catch (error) {
    data.free();
    throw error;
  }
}

export function writeStorage(device: NativeDevice, { data, scales }: Storage, host: HostData): void {
  if (isHostQuantizedTensor(host)) {
    device.upload(data, host.quantized.data);
    device.upload(scales as NativeBuffer, host.scale.data);
  } else if (isHostRowCodes(host)) {
    device.upload(data, packCodes(host, codeLayout({ shape: host.codes.shape, activations: host.activations })));
    device.upload(scales as NativeBuffer, host.scale.data);
  } else {
    device.upload(data, host.data);
  }
}

/** The data in the bytes of a storage. */
export function hostDataOf(form: Form, data: ArrayBuffer, scales: ArrayBuffer | undefined): HostData {
  if (isQuantizedForm(form)) return quantizedOf(form, data, scales as ArrayBuffer);
  if (isRowCodesForm(form)) return rowCodesOf(form, data, scales as ArrayBuffer);
  return tensorOf(form, data);
}

function quantizedOf({ shape, granularity, bits }: QuantizedForm, data: ArrayBuffer, scales: ArrayBuffer): HostData {
  const scale = hostTensor("float32", scaleShape(granularity, shape), new Float32Array(scales));
  return { quantized: hostTensor("int8", shape, new Int8Array(data)), scale, granularity, bits };
}

function rowCodesOf(form: RowCodesForm, data: ArrayBuffer, scales: ArrayBuffer): HostData {
  return unpackCodes(form, new Int8Array(data), new Float32Array(scales));
}

function tensorOf({ dtype, shape }: TensorForm, data: ArrayBuffer): HostData {
  return hostTensor(dtype, shape, viewData(dtype, data));
}

function dataBytes(form: Form): number {
  if (isQuantizedForm(form)) return sizeOf(form.shape);
  if (isRowCodesForm(form)) return codeBytes(codeLayout(form));
  return bytesOf(form);
}

function scaleCountOf(form: Form): number | undefined {
  if (isQuantizedForm(form)) return sizeOf(scaleShape(form.granularity, form.shape));
  return isRowCodesForm(form) ? rowCount(form.shape) : undefined;
}
