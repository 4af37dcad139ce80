import { DisposableObject } from "../disposable-object.ts";
import type { DType } from "../tensors/dtype.ts";
import {
  bytesOf,
  type Form,
  isQuantizedForm,
  isRowCodesForm,
  type QuantizedForm,
  type RowCodesForm,
  type RowCodesKind,
  type TensorForm,
} from "../tensors/forms.ts";
import type { Granularity } from "../tensors/granularity.ts";
import type { Backend, DataHandle, QuantizedTensor, RowCodes, Tensor } from "./contract.ts";
import type { Outcome } from "./outcome.ts";

/** The parts of a handle. */
export interface HandleParts<Storage> {
  readonly backend: Backend;
  readonly storage: Storage;
  /** The outcome of the op that made it; undefined if nothing can have gone wrong. */
  readonly outcome: Outcome | undefined;
  /** Gives the storage back. */
  readonly release: (handle: DeviceHandle<Storage>) => void;
}

/** A handle other than a state: one storage, until it is disposed. Users see it as a `Tensor`, `QuantizedTensor` or `RowCodes`. */
export abstract class DeviceHandle<Storage> extends DisposableObject {
  readonly backend: Backend;
  readonly storage: Storage;
  readonly outcome: Outcome | undefined;
  readonly #release: (handle: DeviceHandle<Storage>) => void;
  #disposed = false;

  constructor({ backend, storage, outcome, release }: HandleParts<Storage>) {
    super();
    this.backend = backend;
    this.storage = storage;
    this.outcome = outcome;
    this.#release = release;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Of its data: a handle is its own form. */
  get byteLength(): number {
    return bytesOf(this as unknown as Form);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#release(this);
  }
}

class TensorHandle<Storage> extends DeviceHandle<Storage> implements Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];

  constructor(parts: HandleParts<Storage>, form: TensorForm) {
    super(parts);
    this.dtype = form.dtype;
    this.shape = frozenShape(form.shape);
    Object.freeze(this);
  }
}

class QuantizedHandle<Storage> extends DeviceHandle<Storage> implements QuantizedTensor {
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;

  constructor(parts: HandleParts<Storage>, form: QuantizedForm) {
    super(parts);
    this.shape = frozenShape(form.shape);
    this.granularity = Object.isFrozen(form.granularity) ? form.granularity : Object.freeze({ ...form.granularity });
    this.bits = form.bits;
    Object.freeze(this);
  }
}

class RowCodesHandle<Storage> extends DeviceHandle<Storage> implements RowCodes {
  readonly shape: readonly number[];
  readonly activations: RowCodesKind;

  constructor(parts: HandleParts<Storage>, form: RowCodesForm) {
    super(parts);
    this.shape = frozenShape(form.shape);
    this.activations = form.activations;
    Object.freeze(this);
  }
}

/** A shape that never changes: most come from handles, and are so already. */
function frozenShape(shape: readonly number[]): readonly number[] {
  return Object.isFrozen(shape) ? shape : Object.freeze([...shape]);
}

/** The handle for a form. Its shape and granularity are frozen copies: sizes of memory depend on them. */
export function makeHandle<Storage>(parts: HandleParts<Storage>, form: Form): DeviceHandle<Storage> & DataHandle {
  if (isQuantizedForm(form)) return new QuantizedHandle(parts, form);
  if (isRowCodesForm(form)) return new RowCodesHandle(parts, form);
  return new TensorHandle(parts, form);
}

/** The form of a handle by itself, without the handle. */
export function formOf(handle: DataHandle): Form {
  if (isQuantizedForm(handle)) {
    const { shape, granularity, bits } = handle;
    return { shape, granularity, bits };
  }
  if (isRowCodesForm(handle)) return { shape: handle.shape, activations: handle.activations };
  return { dtype: handle.dtype, shape: handle.shape };
}
