/** The checks that no op can make by itself, shared by all backends so that each throws the same error for the same mistake. */
import { OctetError } from "../errors.ts";
import { bytesOf, type Form, isStateForm, type QuantizedForm, type StateForm, stateBytes } from "../tensors/forms.ts";
import {
  type HostQuantizedTensor,
  isHostQuantizedTensor,
  validateHostQuantizedTensor,
} from "../tensors/host-quantized-tensor.ts";
import { type HostTensor, normalizeHostTensor, type TensorLike } from "../tensors/host-tensor.ts";
import { type HostRowCodes, isHostRowCodes, rowCodesForm, validateHostRowCodes } from "../tensors/row-codes.ts";
import { type HostState, isHostState, validateHostState } from "../tensors/state.ts";
import type { AnyHandle, AnyOp, Backend, DataHandle, State } from "./contract.ts";
import { formOf } from "./handles.ts";
import { mapInputs } from "./inputs.ts";

/** @throws OctetError `ERR_DISPOSED` */
export function validateAlive(backend: Backend): void {
  if (!backend.disposed) return;
  throw new OctetError("ERR_DISPOSED", `the ${backend.info.name} backend is disposed; make a new one`);
}

/** Checks that `handle` is a live one of this backend. @throws OctetError `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED` */
export function validateOwned(backend: Backend, handle: unknown, what: string): asserts handle is AnyHandle {
  validateAlive(backend);
  const given = handle as AnyHandle | null | undefined;
  // A copy of a handle's fields would outlive the handle, and knows nothing of being disposed.
  const isHandle = typeof given?.disposed === "boolean";
  if (given?.backend !== backend || !isHandle) {
    const owner = isHandle ? given.backend?.info?.name : undefined;
    const got = owner === undefined ? "not a device tensor" : `a tensor of another backend (${owner})`;
    throw new OctetError(
      "ERR_FOREIGN_TENSOR",
      `${what} is ${got}; the ${backend.info.name} backend takes its own: download it there and upload it here`,
    );
  }
  if (given.disposed) throw new OctetError("ERR_DISPOSED", `${what} is disposed; dispose it after its last use`);
}

/** Something to upload, checked. */
export type Upload =
  | { readonly kind: "data"; readonly host: HostTensor | HostQuantizedTensor | HostRowCodes; readonly form: Form }
  | { readonly kind: "state"; readonly host: HostState };

/** Checks what `upload` was given and tells the kinds apart. @throws OctetError */
export function validateUpload(
  backend: Backend,
  host: TensorLike | HostQuantizedTensor | HostRowCodes | HostState,
): Upload {
  validateAlive(backend);
  if (isHostState(host)) {
    const state = validateHostState(host);
    validateBytes(backend, stateBytes(state));
    return { kind: "state", host: state };
  }
  const data = normalizeData(host);
  const form = formOfData(data);
  validateBytes(backend, bytesOf(form));
  return { kind: "data", host: data, form };
}

function normalizeData(
  host: TensorLike | HostQuantizedTensor | HostRowCodes,
): HostTensor | HostQuantizedTensor | HostRowCodes {
  if (isHostQuantizedTensor(host)) return validateHostQuantizedTensor(host);
  if (isHostRowCodes(host)) return validateHostRowCodes(host);
  return normalizeHostTensor(host, "the tensor to upload");
}

function formOfData(host: HostTensor | HostQuantizedTensor | HostRowCodes): Form {
  if (isHostQuantizedTensor(host)) {
    return { shape: host.quantized.shape, granularity: host.granularity, bits: host.bits } satisfies QuantizedForm;
  }
  return isHostRowCodes(host) ? rowCodesForm(host) : { dtype: host.dtype, shape: host.shape };
}

/** @throws OctetError `ERR_OUT_OF_MEMORY` when something is larger than the backend can hold. */
export function validateBytes(backend: Backend, bytes: number): void {
  const { maxTensorBytes, name } = backend.info;
  if (bytes <= maxTensorBytes) return;
  throw new OctetError(
    "ERR_OUT_OF_MEMORY",
    `a tensor of ${bytes} bytes was asked for; the ${name} backend holds up to ${maxTensorBytes}: split it`,
  );
}

/** Whether a handle is a state. */
export function isState(handle: AnyHandle): handle is State {
  return isStateForm(handle);
}

/** The error of an op that a backend does not run. `inputs` are forms, or handles, whose insides may be anything. */
export function unsupportedOp(backend: Backend, op: AnyOp, inputs: object, params: object): OctetError {
  const call = JSON.stringify({ ...mapInputs(inputs, describe), ...params });
  return new OctetError(
    "ERR_UNSUPPORTED",
    `the ${backend.info.name} backend does not support ${op.name} of ${call}; ask supports() first`,
  );
}

/** A form by itself. */
function describe(form: Form | StateForm): object {
  if (!isStateForm(form)) return formOf(form as DataHandle);
  const { slots, capacity, chunk } = form;
  return { slots, capacity, chunk };
}
