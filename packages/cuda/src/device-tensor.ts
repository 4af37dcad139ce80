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
import type { Fault } from "./fault-ledger.ts";

/** What both kinds of handle share: memory, and the faults of the ops that it depends on. */
abstract class Handle implements Disposable {
  readonly backend: Backend;
  readonly shape: readonly number[];
  readonly faults: ReadonlySet<Fault>;
  #live = true;
  readonly #release: () => void;

  constructor(backend: Backend, shape: readonly number[], faults: ReadonlySet<Fault>, release: () => void) {
    this.backend = backend;
    this.shape = shape;
    this.faults = faults;
    this.#release = release;
  }

  /** The device memory, in the order in which a read returns it. */
  abstract get buffers(): readonly NativeBuffer[];

  get disposed(): boolean {
    return !this.#live;
  }

  dispose(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#release();
    for (const buffer of this.buffers) buffer.free();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

export class DeviceTensor<D extends DType = DType> extends Handle implements Tensor<D> {
  readonly dtype: D;
  readonly byteLength: number;
  readonly data: NativeBuffer;

  constructor(
    backend: Backend,
    { dtype, shape, data }: { readonly dtype: D; readonly shape: readonly number[]; readonly data: NativeBuffer },
    faults: ReadonlySet<Fault>,
    release: () => void,
  ) {
    super(backend, shape, faults, release);
    this.dtype = dtype;
    this.data = data;
    this.byteLength = sizeOf(shape) * bytesPerElement[dtype];
  }

  get buffers(): readonly NativeBuffer[] {
    return [this.data];
  }
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

export class DeviceQuantizedTensor extends Handle implements QuantizedTensor {
  readonly granularity: Granularity;
  readonly bits: number;
  readonly byteLength: number;
  readonly codes: NativeBuffer;
  readonly scales: NativeBuffer;
  readonly scaleCount: number;

  constructor(backend: Backend, parts: QuantizedParts, faults: ReadonlySet<Fault>, release: () => void) {
    super(backend, parts.shape, faults, release);
    this.granularity = parts.granularity;
    this.bits = parts.bits;
    this.codes = parts.codes;
    this.scales = parts.scales;
    this.scaleCount = parts.scaleCount;
    this.byteLength = sizeOf(parts.shape) + parts.scaleCount * bytesPerElement.float32;
  }

  get buffers(): readonly NativeBuffer[] {
    return [this.codes, this.scales];
  }
}

export type Owned = DeviceTensor | DeviceQuantizedTensor;
