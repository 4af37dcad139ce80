import {
  type Backend,
  bytesPerElement,
  type DType,
  disposeSymbol,
  type Granularity,
  type QuantizedTensor,
  sizeOf,
  type Tensor,
} from "@octet/core";
import type { NativeBuffer } from "./addon.ts";
import { type Findings, noFindings } from "./finding.ts";

/** What both kinds of handle have besides what callers see. */
interface Owner {
  /** What the ops that this was made by found. */
  readonly findings: Findings;
  /** The device memory: data, or codes and scales. */
  readonly buffers: readonly NativeBuffer[];
}

/** What a tensor is made of. */
export interface TensorParts<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: NativeBuffer;
}

/** What a quantized tensor is made of. */
export interface QuantizedParts {
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;
  readonly codes: NativeBuffer;
  readonly scales: NativeBuffer;
  readonly scaleCount: number;
}

export interface DeviceTensor<D extends DType = DType> extends Tensor<D>, Owner {
  readonly data: NativeBuffer;
}

export interface DeviceQuantizedTensor extends QuantizedTensor, Owner, QuantizedParts {
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;
}

export type Owned = DeviceTensor | DeviceQuantizedTensor;

/** The tensors of one backend that are alive. */
export class LiveTensors {
  readonly #backend: Backend;
  readonly #live = new Set<Owned>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  keep<D extends DType>(parts: TensorParts<D>, findings: Findings): DeviceTensor<D> {
    const tensor = new TensorHandle<D>(this.#backend, parts, findings, () => this.#live.delete(tensor as TensorHandle));
    this.#live.add(tensor as TensorHandle);
    return tensor;
  }

  keepQuantized(parts: QuantizedParts, findings: Findings): DeviceQuantizedTensor {
    const tensor = new QuantizedHandle(this.#backend, parts, findings, () => this.#live.delete(tensor));
    this.#live.add(tensor);
    return tensor;
  }

  /** A handle of the same memory that depends on nothing. The old one counts as disposed, since callers may have kept it. */
  takeOver<D extends DType>(tensor: DeviceTensor<D>): DeviceTensor<D> {
    (tensor as TensorHandle<D>).surrender();
    return this.keep(tensor, noFindings);
  }

  has(tensor: object): boolean {
    return this.#live.has(tensor as Owned);
  }

  all(): Owned[] {
    return [...this.#live];
  }
}

/** Handles are frozen: ops compute sizes from their fields. */
abstract class Handle implements Disposable {
  readonly backend: Backend;
  readonly shape: readonly number[];
  readonly findings: Findings;
  readonly buffers: readonly NativeBuffer[];
  readonly #release: () => void;
  #live = true;

  constructor(
    backend: Backend,
    { shape, buffers, findings }: Owner & { readonly shape: readonly number[] },
    release: () => void,
  ) {
    this.backend = backend;
    this.shape = Object.freeze([...shape]);
    this.findings = findings;
    this.buffers = buffers;
    this.#release = release;
  }

  get disposed(): boolean {
    return !this.#live;
  }

  dispose(): void {
    if (!this.#live) return;
    this.surrender();
    for (const buffer of this.buffers) buffer.free();
  }

  /** Ends this handle without its memory, which has another one from now on. */
  surrender(): void {
    this.#live = false;
    this.#release();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

class TensorHandle<D extends DType = DType> extends Handle implements DeviceTensor<D> {
  readonly dtype: D;
  readonly data: NativeBuffer;
  readonly byteLength: number;

  constructor(backend: Backend, parts: TensorParts<D>, findings: Findings, release: () => void) {
    const { dtype, shape, data } = parts;
    super(backend, { shape, buffers: [data], findings }, release);
    this.dtype = dtype;
    this.data = data;
    this.byteLength = sizeOf(shape) * bytesPerElement[dtype];
    Object.freeze(this);
  }
}

class QuantizedHandle extends Handle implements DeviceQuantizedTensor {
  readonly granularity: Granularity;
  readonly bits: number;
  readonly codes: NativeBuffer;
  readonly scales: NativeBuffer;
  readonly scaleCount: number;
  readonly byteLength: number;

  constructor(backend: Backend, parts: QuantizedParts, findings: Findings, release: () => void) {
    const { shape, granularity, bits, codes, scales, scaleCount } = parts;
    super(backend, { shape, buffers: [codes, scales], findings }, release);
    this.granularity = Object.freeze({ ...granularity });
    this.bits = bits;
    this.codes = codes;
    this.scales = scales;
    this.scaleCount = scaleCount;
    this.byteLength = sizeOf(shape) + scaleCount * bytesPerElement.float32;
    Object.freeze(this);
  }
}
