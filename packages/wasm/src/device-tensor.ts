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

/** What both kinds of tensor are: a block of memory, until it is disposed. */
abstract class Handle implements Disposable {
  readonly backend: Backend;
  readonly #forget: () => void;
  #storage: Storage | undefined;

  constructor(backend: Backend, storage: Storage, forget: Forget) {
    this.backend = backend;
    this.#storage = storage;
    this.#forget = () => forget(this as unknown as WasmHandle);
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

class DenseTensor<D extends DType> extends Handle implements WasmTensor<D> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly byteLength: number;

  constructor(backend: Backend, form: TensorForm<D>, storage: Storage, forget: Forget) {
    super(backend, storage, forget);
    this.dtype = form.dtype;
    this.shape = form.shape;
    this.byteLength = tensorBytes(form);
    Object.freeze(this);
  }
}

class CodesAndScales extends Handle implements WasmQuantizedTensor {
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;
  readonly byteLength: number;

  constructor(backend: Backend, form: QuantizedForm, storage: Storage, forget: Forget) {
    super(backend, storage, forget);
    this.shape = form.shape;
    this.granularity = form.granularity;
    this.bits = form.bits;
    const { codeBytes, scaleBytes } = quantizedParts(form);
    this.byteLength = codeBytes + scaleBytes;
    Object.freeze(this);
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
