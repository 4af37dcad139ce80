import { bytesPerElement, hostTensor, scaleShape, sizeOf } from "@octet/core";
import { type Form, type HostData, isQuantizedForm, isRowCodesForm, rowCount, viewData } from "@octet/core/backend";
import { codeLayout, packCodes, unpackCodes } from "./code-layout.ts";
import { packRowCodes, rowCodesLayout, unpackRowCodes } from "./row-codes-layout.ts";

/** Bytes that the memory of something has on the device, padding included. */
export interface MemoryMap {
  readonly data: number;
  /** undefined where there are no scales. */
  readonly scales: number | undefined;
}

export function memoryMap(form: Form): MemoryMap {
  if (isQuantizedForm(form)) {
    return { data: codeLayout(form.shape).bytes, scales: sizeOf(scaleShape(form.granularity, form.shape)) * 4 };
  }
  if (isRowCodesForm(form)) return { data: rowCodesLayout(form).bytes, scales: rowCount(form.shape) * 4 };
  return { data: sizeOf(form.shape) * bytesPerElement[form.dtype], scales: undefined };
}

/** The bytes of something, as they lie on the device. Those of a tensor are its own, and not copied. */
export interface DeviceBytes {
  readonly data: Uint8Array;
  readonly scales: Uint8Array | undefined;
}

export function packHost(host: HostData): DeviceBytes {
  if ("quantized" in host) {
    const { quantized, scale } = host;
    return { data: packCodes(quantized.data, codeLayout(quantized.shape)), scales: bytesOfArray(scale.data) };
  }
  if ("codes" in host) {
    const { codes, scale, activations } = host;
    const layout = rowCodesLayout({ shape: codes.shape, activations });
    return { data: packRowCodes(host, layout), scales: bytesOfArray(scale.data) };
  }
  return { data: bytesOfArray(host.data), scales: undefined };
}

export function unpackHost(form: Form, data: Uint8Array<ArrayBuffer>, scales: Uint8Array<ArrayBuffer>): HostData {
  if (isQuantizedForm(form)) {
    const { shape, granularity, bits } = form;
    return {
      quantized: hostTensor("int8", shape, unpackCodes(data, codeLayout(shape))),
      scale: hostTensor("float32", scaleShape(granularity, shape), new Float32Array(scales.buffer)),
      granularity,
      bits,
    };
  }
  if (isRowCodesForm(form)) {
    const { shape, activations } = form;
    return {
      activations,
      codes: unpackRowCodes(data, form, rowCodesLayout(form)),
      scale: hostTensor("float32", shape.slice(0, -1), new Float32Array(scales.buffer)),
    };
  }
  return hostTensor(form.dtype, form.shape, viewData(form.dtype, data.buffer));
}

function bytesOfArray({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
