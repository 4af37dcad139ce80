import {
  type Backend,
  bytesPerElement,
  DisposableObject,
  type DType,
  type Granularity,
  type QuantizedTensor,
  scaleLayout,
  sizeOf,
  type Tensor,
} from "@octet/core";
import type { Outcome } from "./outcome.ts";

/** What every tensor of the backend has: buffers, and the op that it comes from. */
export abstract class DeviceTensor extends DisposableObject {
  readonly backend: Backend;
  readonly shape: readonly number[];
  /** How the op went that made the tensor; undefined for uploads that nothing can go wrong with any more. */
  readonly outcome: Outcome;
  readonly buffers: readonly GPUBuffer[];
  readonly #release: (tensor: DeviceTensor) => void;
  #disposed = false;

  constructor(
    backend: Backend,
    shape: readonly number[],
    outcome: Outcome,
    buffers: readonly GPUBuffer[],
    release: (tensor: DeviceTensor) => void,
  ) {
    super();
    this.backend = backend;
    this.shape = Object.freeze([...shape]);
    this.outcome = outcome;
    this.buffers = buffers;
    this.#release = release;
  }

  abstract readonly byteLength: number;

  get disposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#release(this);
  }
}

/** Elements, row-major and dense, halves two to a word and int8 four. */
export class WebGPUTensor<D extends DType = DType> extends DeviceTensor implements Tensor<D> {
  readonly dtype: D;
  readonly buffer: GPUBuffer;

  constructor(
    backend: Backend,
    dtype: D,
    shape: readonly number[],
    outcome: Outcome,
    buffer: GPUBuffer,
    release: (tensor: DeviceTensor) => void,
  ) {
    super(backend, shape, outcome, [buffer], release);
    this.dtype = dtype;
    this.buffer = buffer;
    Object.freeze(this);
  }

  get byteLength(): number {
    return sizeOf(this.shape) * bytesPerElement[this.dtype];
  }
}

/** Codes in the layout of `codeLayout(shape)`, and scales as float32. */
export class WebGPUQuantizedTensor extends DeviceTensor implements QuantizedTensor {
  readonly granularity: Granularity;
  readonly bits: number;
  readonly codes: GPUBuffer;
  readonly scales: GPUBuffer;

  constructor(
    backend: Backend,
    shape: readonly number[],
    granularity: Granularity,
    bits: number,
    outcome: Outcome,
    { codes, scales }: { readonly codes: GPUBuffer; readonly scales: GPUBuffer },
    release: (tensor: DeviceTensor) => void,
  ) {
    super(backend, shape, outcome, [codes, scales], release);
    this.granularity = granularity;
    this.bits = bits;
    this.codes = codes;
    this.scales = scales;
    Object.freeze(this);
  }

  get byteLength(): number {
    return sizeOf(this.shape) + scaleLayout(this.granularity, this.shape).channels * bytesPerElement.float32;
  }
}
