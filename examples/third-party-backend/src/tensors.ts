import {
  type Backend,
  type DType,
  disposeSymbol,
  type Granularity,
  type HostQuantizedTensor,
  type HostTensor,
  type QuantizedTensor,
  type Tensor,
} from "@octet/core";

/** What a backend knows of a tensor that is alive. */
export type TensorHandle = Pick<Tensor, "byteLength" | "dispose">;

/** What both kinds of tensor have in common: they hold data until they are disposed, which may happen more than once. */
abstract class Handle<Host> {
  readonly backend: Backend;
  #host: Host | undefined;
  readonly #release: () => void;

  constructor(backend: Backend, host: Host, release: () => void) {
    this.backend = backend;
    this.#host = host;
    this.#release = release;
  }

  get disposed(): boolean {
    return this.#host === undefined;
  }

  /** The data. The shared validation has refused disposed tensors before a kernel asks for it. */
  get host(): Host {
    return this.#host as Host;
  }

  dispose(): void {
    this.#host = undefined;
    this.#release();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

export class TinyTensor<D extends DType = DType> extends Handle<HostTensor<D>> implements Tensor<D> {
  readonly dtype: D = this.host.dtype;
  readonly shape: readonly number[] = this.host.shape;
  readonly byteLength: number = this.host.data.byteLength;

  constructor(backend: Backend, host: HostTensor<D>, release: () => void) {
    super(backend, host, release);
    Object.freeze(this); // The shape is frozen already; now it cannot be replaced either.
  }
}

export class TinyCodes extends Handle<HostQuantizedTensor> implements QuantizedTensor {
  readonly shape: readonly number[] = this.host.quantized.shape;
  readonly granularity: Granularity = this.host.granularity;
  readonly bits: number = this.host.bits;
  readonly byteLength: number = this.host.quantized.data.byteLength + this.host.scale.data.byteLength;

  constructor(backend: Backend, host: HostQuantizedTensor, release: () => void) {
    super(backend, host, release);
    Object.freeze(this);
  }
}
