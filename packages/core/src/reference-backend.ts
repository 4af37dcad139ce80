import { type ActivationKind, activation } from "./activation.ts";
import type {
  Backend,
  BackendInfo,
  LinearOptions,
  MemoryUse,
  OpSpec,
  QuantizedTensor,
  QuantizeOptions,
  Tensor,
} from "./backend.ts";
import { isDefinedOp } from "./defined-op.ts";
import { dequantizeHost } from "./dequantize.ts";
import { disposeSymbol } from "./disposable.ts";
import { bytesPerElement, copyData, type DType, type FloatDType } from "./dtype.ts";
import type { Granularity } from "./granularity.ts";
import type { HostQuantizedTensor, QuantizedTensorLike } from "./host-quantized-tensor.ts";
import { HostTensor, type TensorLike } from "./host-tensor.ts";
import { linear } from "./linear.ts";
import { quantizeHost } from "./quantize.ts";
import {
  isQuantizedTensor,
  validateActivation,
  validateAlive,
  validateDequantize,
  validateLinear,
  validateOwned,
  validateQuantize,
  validateUpload,
} from "./validation.ts";

/**
 * The definition of every op in plain TypeScript: what the other backends are compared with. Small, readable, never tuned. It runs
 * each op at the call, so that its errors are thrown there.
 */
export function createReferenceBackend(): Backend {
  return new ReferenceBackend();
}

class ReferenceBackend implements Backend {
  readonly info: BackendInfo = {
    name: "reference",
    device: "JavaScript engine",
    apiVersion: 1,
    maxTensorBytes: 2 ** 32,
    features: [],
  };
  readonly #live = new Set<ReferenceTensor | ReferenceQuantizedTensor>();
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  supports(spec: OpSpec): boolean {
    return isDefinedOp(spec);
  }

  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: QuantizedTensorLike): QuantizedTensor;
  upload(host: TensorLike | QuantizedTensorLike): Tensor | QuantizedTensor {
    const upload = validateUpload(this, host);
    if (upload.kind === "tensor") return this.#keep(copyTensor(upload.host));
    return this.#keepQuantized(copyQuantizedTensor(upload.host));
  }

  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  async download(tensor: Tensor | QuantizedTensor): Promise<HostTensor | HostQuantizedTensor> {
    validateOwned(this, tensor, "the tensor to download");
    return isQuantizedTensor(tensor) ? copyQuantizedTensor(hostOf(tensor)) : copyTensor(hostOf(tensor));
  }

  quantize(x: Tensor<FloatDType>, options: QuantizeOptions): QuantizedTensor {
    const { granularity, bits } = validateQuantize(this, x, options);
    return this.#keepQuantized(quantizeHost(hostOf(x), granularity, bits));
  }

  dequantize(tensor: QuantizedTensor, dtype?: FloatDType): Tensor<FloatDType> {
    const output = validateDequantize(this, tensor, dtype);
    return this.#keep(dequantizeHost(hostOf(tensor), output.dtype));
  }

  linear(
    x: Tensor<FloatDType>,
    weight: QuantizedTensor | Tensor<FloatDType>,
    options: LinearOptions = {},
  ): Tensor<FloatDType> {
    const { activations, dtype, bias } = validateLinear(this, x, weight, options);
    const hostWeight = isQuantizedTensor(weight) ? hostOf(weight) : hostOf(weight);
    return this.#keep(linear(hostOf(x), hostWeight, { activations, dtype, bias: bias ? hostOf(bias) : null }));
  }

  activation(x: Tensor<FloatDType>, kind: ActivationKind): Tensor<FloatDType> {
    validateActivation(this, x, kind);
    return this.#keep(activation(hostOf(x), kind));
  }

  async sync(): Promise<void> {
    validateAlive(this);
  }

  memory(): MemoryUse {
    let bytes = 0;
    for (const tensor of this.#live) bytes += tensor.byteLength;
    return { tensors: this.#live.size, bytes };
  }

  dispose(): void {
    this.#disposed = true;
    for (const tensor of this.#live) tensor.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }

  #keep<D extends DType>(host: HostTensor<D>): Tensor<D> {
    const tensor = new ReferenceTensor(this, host, () => this.#live.delete(tensor as ReferenceTensor));
    this.#live.add(tensor as ReferenceTensor);
    return tensor;
  }

  #keepQuantized(host: HostQuantizedTensor): QuantizedTensor {
    const tensor = new ReferenceQuantizedTensor(this, host, () => this.#live.delete(tensor));
    this.#live.add(tensor);
    return tensor;
  }
}

abstract class Handle<Host> implements Disposable {
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

  /** The data. Validation has refused disposed tensors before anything asks for it. */
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

class ReferenceTensor<D extends DType = DType> extends Handle<HostTensor<D>> implements Tensor<D> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly byteLength: number;

  constructor(backend: Backend, host: HostTensor<D>, release: () => void) {
    super(backend, host, release);
    this.dtype = host.dtype;
    this.shape = host.shape;
    this.byteLength = host.data.length * bytesPerElement[host.dtype];
    Object.freeze(this);
  }
}

class ReferenceQuantizedTensor extends Handle<HostQuantizedTensor> implements QuantizedTensor {
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;
  readonly byteLength: number;

  constructor(backend: Backend, host: HostQuantizedTensor, release: () => void) {
    super(backend, host, release);
    this.shape = host.quantized.shape;
    this.granularity = host.granularity;
    this.bits = host.bits;
    this.byteLength = host.quantized.data.byteLength + host.scale.data.byteLength;
    Object.freeze(this);
  }
}

function hostOf<D extends DType>(tensor: Tensor<D>): HostTensor<D>;
function hostOf(tensor: QuantizedTensor): HostQuantizedTensor;
function hostOf(tensor: Tensor | QuantizedTensor): HostTensor | HostQuantizedTensor {
  return (tensor as ReferenceTensor | ReferenceQuantizedTensor).host;
}

function copyTensor<D extends DType>({ dtype, shape, data }: HostTensor<D>): HostTensor<D> {
  return new HostTensor(dtype, shape, copyData(dtype, data));
}

function copyQuantizedTensor(host: HostQuantizedTensor): HostQuantizedTensor {
  return { ...host, quantized: copyTensor(host.quantized), scale: copyTensor(host.scale) };
}
