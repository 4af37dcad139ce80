import type {
  AnyHandle,
  Backend,
  HostQuantizedTensor,
  HostRowCodes,
  HostState,
  HostTensor,
  QuantizedTensor,
  RowCodes,
  State,
  Tensor,
} from "@octet/core";
import { bytesOf, type Form, slotMemory, stateBytes } from "@octet/core/backend";

/** Operands and results of an op, on the host. */
export type HostData = HostTensor | HostQuantizedTensor | HostRowCodes;

/** The host's side of any handle. */
export type HostOperand = HostData | HostState;

/** The handle of a host value. */
export type OperandOf<Host> = Host extends HostQuantizedTensor
  ? QuantizedTensor
  : Host extends HostRowCodes
    ? RowCodes
    : Host extends HostState
      ? State
      : Host extends HostTensor<infer D>
        ? Tensor<D>
        : Host;

/** `backend.upload` of any kind. */
export function upload<Host extends HostOperand>(backend: Backend, host: Host): OperandOf<Host> {
  return backend.upload(host as never) as AnyHandle as OperandOf<Host>;
}

/** `backend.download` of any kind. */
export function download(backend: Backend, handle: AnyHandle): Promise<HostOperand> {
  return backend.download(handle as never) as Promise<HostOperand>;
}

/** The tensors that a host value consists of. */
export function partsOf(host: HostOperand): readonly HostTensor[] {
  if ("quantized" in host) return [host.quantized, host.scale];
  if ("codes" in host) return [host.codes, host.scale];
  return "slots" in host ? host.rows : [host];
}

/** The form of the handle of a host value; none for a state. */
export function formOf(host: HostData): Form {
  if ("quantized" in host) return { shape: host.quantized.shape, granularity: host.granularity, bits: host.bits };
  if ("codes" in host) return { shape: host.codes.shape, activations: host.activations };
  return { dtype: host.dtype, shape: host.shape };
}

/** The `byteLength` that the handle of a host value must have. */
export function byteLengthOf(host: HostOperand): number {
  return "slots" in host ? stateBytes(host) : bytesOf(formOf(host));
}

/** Bytes of each part of the memory that a host value takes. */
export function partSizes(host: HostOperand): number[] {
  if ("slots" in host) return [...host.slots.map((slot) => bytesOf(slotMemory(slot, host))), 4];
  return partsOf(host).map(({ data }) => data.byteLength);
}
