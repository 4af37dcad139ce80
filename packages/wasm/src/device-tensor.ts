import {
  type Backend,
  bytesPerElement,
  type DType,
  disposeSymbol,
  type Granularity,
  type QuantizedTensor,
  scaleShape,
  sizeOf,
  type Tensor,
} from "@octet/core";
import { blockSize } from "./block-allocator.ts";
import type { Storage } from "./storage.ts";

/** A tensor of this backend, with the block that holds it. */
export interface WasmTensor<D extends DType = DType> extends Tensor<D> {
  readonly storage: Storage;
}

/** Codes at the start of the block, scales after them. */
export interface WasmQuantizedTensor extends QuantizedTensor {
  readonly storage: Storage;
}

export type WasmHandle = WasmTensor | WasmQuantizedTensor;

/** What a tensor is, or will be. */
export interface TensorForm<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
}

/** What a quantized tensor is, or will be. */
export interface QuantizedForm {
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;
}

/** Is told when a tensor is disposed. */
export type Forget = (tensor: WasmHandle) => void;

export function makeTensor<D extends DType>(
  backend: Backend,
  form: TensorForm<D>,
  storage: Storage,
  forget: Forget,
): WasmTensor<D> {
  return new DenseTensor(backend, form, storage, forget);
}

export function makeQuantizedTensor(
  backend: Backend,
  form: QuantizedForm,
  storage: Storage,
  forget: Forget,
): WasmQuantizedTensor {
  return new CodesAndScales(backend, form, storage, forget);
}

/** What the block of a tensor was made for, whatever has become of the properties that callers see. Not to be changed. */
export function formOf(tensor: WasmHandle): TensorForm | QuantizedForm {
  return Handle.formOf(tensor as unknown as Handle<TensorForm | QuantizedForm>);
}

/**
 * What both kinds of tensor are: a block of memory, until it is disposed. Whatever says how large it is cannot be changed from outside: a
 * download of one row more would return the memory of a neighbour.
 */
abstract class Handle<Form extends { readonly shape: readonly number[] }> implements Disposable {
  readonly backend: Backend;
  readonly #form: Form;
  readonly #forget: () => void;
  #storage: Storage | undefined;
  #shape: readonly number[] | undefined;

  constructor(backend: Backend, form: Form, storage: Storage, forget: Forget) {
    this.backend = backend;
    this.#form = form;
    this.#storage = storage;
    this.#forget = () => forget(this as unknown as WasmHandle);
  }

  static formOf<Form extends { readonly shape: readonly number[] }>(handle: Handle<Form>): Form {
    return handle.#form;
  }

  /** A frozen copy, made when it is asked for first: freezing takes as long as a small op. */
  get shape(): readonly number[] {
    this.#shape ??= Object.freeze([...this.#form.shape]);
    return this.#shape;
  }

  get disposed(): boolean {
    return this.#storage === undefined;
  }

  /** The block. Validation has refused disposed tensors before anything asks for it. */
  get storage(): Storage {
    return this.#storage as Storage;
  }

  dispose(): void {
    const storage = this.#storage;
    if (storage === undefined) return;
    this.#storage = undefined;
    this.#forget();
    storage.release();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

class DenseTensor<D extends DType> extends Handle<TensorForm<D>> implements WasmTensor<D> {
  constructor(backend: Backend, { dtype, shape }: TensorForm<D>, storage: Storage, forget: Forget) {
    super(backend, { dtype, shape: [...shape] }, storage, forget);
  }

  get dtype(): D {
    return Handle.formOf(this).dtype;
  }

  get byteLength(): number {
    return tensorBytes(Handle.formOf(this));
  }
}

class CodesAndScales extends Handle<QuantizedForm> implements WasmQuantizedTensor {
  constructor(backend: Backend, { shape, granularity, bits }: QuantizedForm, storage: Storage, forget: Forget) {
    const form = { shape: [...shape], granularity: Object.freeze({ ...granularity }), bits };
    super(backend, form, storage, forget);
  }

  get granularity(): Granularity {
    return Handle.formOf(this).granularity;
  }

  get bits(): number {
    return Handle.formOf(this).bits;
  }

  get byteLength(): number {
    const { codeBytes, scaleBytes } = quantizedParts(Handle.formOf(this));
    return codeBytes + scaleBytes;
  }
}

/** Bytes of the data, and of the block. */
export function tensorBytes({ dtype, shape }: TensorForm): number {
  return sizeOf(shape) * bytesPerElement[dtype];
}

/** The parts of the block of a quantized tensor: codes at its start, scales at `scaleOffset`. */
export function quantizedParts({ shape, granularity }: QuantizedForm): {
  readonly codeBytes: number;
  readonly scaleOffset: number;
  readonly scaleBytes: number;
} {
  const codeBytes = sizeOf(shape);
  return { codeBytes, scaleOffset: blockSize(codeBytes), scaleBytes: sizeOf(scaleShape(granularity, shape)) * 4 };
}

/** Bytes of the block. Kernels may read a few bytes past the codes; the scales are there. */
export function quantizedBytes(form: QuantizedForm): number {
  const { scaleOffset, scaleBytes } = quantizedParts(form);
  return scaleOffset + scaleBytes;
}
