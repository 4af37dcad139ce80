import {
  type ActivationKind,
  activationKinds,
  allocate,
  type Backend,
  type BackendInfo,
  bitRange,
  bytesPerElement,
  type DType,
  disposeSymbol,
  type FloatDType,
  floatDTypes,
  type Granularity,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  isDefinedOp,
  isQuantizedTensor,
  type LinearActivations,
  type LinearOptions,
  type MemoryUse,
  type OpSpec,
  type QuantizedTensor,
  type QuantizeOptions,
  scaleLayout,
  scaleShape,
  sizeOf,
  type Tensor,
  type TensorLike,
  type TypedArrayOf,
  validateActivation,
  validateAlive,
  validateDequantize,
  validateLinear,
  validateOwned,
  validateQuantize,
  validateUpload,
} from "@octet/core";
import type { DTypeIndex, NativeBuffer, NativeDevice } from "./addon.ts";
import { type CapturedChain, capture } from "./captured-chain.ts";
import { type DeviceQuantizedTensor, type DeviceTensor, LiveTensors, type Owned } from "./device-tensor.ts";
import { FaultLedger } from "./fault-ledger.ts";
import { noFindings, unite } from "./finding.ts";
import { octetErrorOf } from "./native-error.ts";

/** A backend on an NVIDIA GPU. Ops are enqueued on a stream and return; `download` and `sync` wait without blocking the event loop. */
export interface CUDABackend extends Backend {
  /**
   * Records the ops that `chain` calls on its argument as a CUDA graph, which runs again with one launch instead of one per op.
   *
   * `chain` is called once, with a tensor of the form of `example`, and returns a tensor that it made. Weights and biases that it uses
   * must live as long as the result. Nothing can be uploaded or downloaded meanwhile.
   * Tensors of the chain end with the capture, those that `chain` gave away too.
   * @throws OctetError `ERR_UNSUPPORTED` when `chain` returns something else, uploads, downloads, captures or runs a captured chain
   */
  capture(example: Tensor<FloatDType>, chain: (x: Tensor<FloatDType>) => Tensor<FloatDType>): CapturedChain;
}

const codesIndex = 3;
const activationBits: Readonly<Record<LinearActivations, 0 | 8 | 16>> = { float: 0, int8: 8, int16: 16 };

const indexOf = (dtype: FloatDType): DTypeIndex => floatDTypes.indexOf(dtype) as DTypeIndex;

/** The backend over a device of the addon, real or emulated. */
export function createNativeBackend(device: NativeDevice, info: BackendInfo): CUDABackend {
  return new NativeBackend(device, info);
}

class NativeBackend implements CUDABackend {
  readonly info: BackendInfo;
  readonly #device: NativeDevice;
  readonly #ledger: FaultLedger;
  readonly #live: LiveTensors = new LiveTensors(this);
  #disposed = false;

  constructor(device: NativeDevice, info: BackendInfo) {
    this.info = info;
    this.#device = device;
    this.#ledger = new FaultLedger(device);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  supports(spec: OpSpec): boolean {
    return isDefinedOp(spec);
  }

  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: HostQuantizedTensor): QuantizedTensor;
  upload(host: TensorLike | HostQuantizedTensor): Tensor | QuantizedTensor {
    const upload = validateUpload(this, host);
    if (upload.kind === "tensor") {
      const { dtype, shape, data } = upload.host;
      return this.#make([data.byteLength], ([buffer]) => {
        this.#device.upload(buffer!, data);
        return this.#live.keep({ dtype, shape, data: buffer! }, noFindings);
      });
    }
    const { quantized, scale, granularity, bits } = upload.host;
    return this.#make([quantized.data.byteLength, scale.data.byteLength], ([codes, scales]) => {
      this.#device.upload(codes!, quantized.data);
      this.#device.upload(scales!, scale.data);
      const scaleCount = scale.data.length;
      return this.#live.keepQuantized(
        { shape: quantized.shape, granularity, bits, codes: codes!, scales: scales!, scaleCount },
        noFindings,
      );
    });
  }

  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  async download(tensor: Tensor | QuantizedTensor): Promise<HostTensor | HostQuantizedTensor> {
    validateOwned(this, tensor, "the tensor to download");
    const { shape, findings, buffers } = tensor as Owned;
    try {
      const known = this.#ledger.settle(findings);
      const [data, scales] = await Promise.all(buffers.map(async (buffer) => this.#device.read(buffer)));
      await known;
      const error = this.#ledger.report(findings);
      if (error) throw error;
      if (!isQuantizedTensor(tensor)) {
        return hostTensor(tensor.dtype, shape, viewOf(tensor.dtype, data!));
      }
      const { granularity, bits } = tensor;
      return {
        quantized: hostTensor("int8", shape, viewOf("int8", data!)),
        scale: hostTensor("float32", scaleShape(granularity, shape), viewOf("float32", scales!)),
        granularity,
        bits,
      };
    } catch (error) {
      throw octetErrorOf(error);
    }
  }

  quantize(x: Tensor<FloatDType>, options: QuantizeOptions): QuantizedTensor {
    const { granularity, bits } = validateQuantize(this, x, options);
    const layout = scaleLayout(granularity, x.shape);
    const { highest, lowest } = bitRange(bits);
    return this.#make([sizeOf(x.shape), layout.channels * bytesPerElement.float32], ([codes, scales]) => {
      const { data, findings } = ownedTensor(x);
      const { finding, record } = this.#ledger.allot(findings);
      this.#device.quantize({
        x: data,
        dtype: indexOf(x.dtype),
        ...layout,
        qmax: highest,
        lowest,
        codes: codes!,
        scales: scales!,
        ...record,
      });
      return this.#live.keepQuantized(
        { shape: x.shape, granularity, bits, codes: codes!, scales: scales!, scaleCount: layout.channels },
        [finding],
      );
    });
  }

  dequantize(tensor: QuantizedTensor, outputDType?: FloatDType): Tensor<FloatDType> {
    const { dtype } = validateDequantize(this, tensor, outputDType);
    const { shape, granularity, codes, scales, findings } = ownedQuantized(tensor);
    return this.#make([sizeOf(shape) * bytesPerElement[dtype]], ([y]) => {
      this.#device.dequantize({ codes, scales, ...scaleLayout(granularity, shape), y: y!, dtype: indexOf(dtype) });
      return this.#live.keep({ dtype, shape, data: y! }, findings);
    });
  }

  linear(
    x: Tensor<FloatDType>,
    weight: QuantizedTensor | Tensor<FloatDType>,
    options: LinearOptions = {},
  ): Tensor<FloatDType> {
    const { m, n, k, outputShape, activations, dtype, bias } = validateLinear(this, x, weight, options);
    return this.#make([m * n * bytesPerElement[dtype]], ([y]) => {
      const input = ownedTensor(x);
      const open = unite(input.findings, (weight as Owned).findings, bias ? ownedTensor(bias).findings : noFindings);
      const allotted = activations === "float" ? undefined : this.#ledger.allot(open);
      this.#device.linear({
        ...{ m, n, k, x: input.data, xDType: indexOf(x.dtype) },
        ...weightOf(weight),
        ...(bias && { bias: ownedTensor(bias).data, biasDType: indexOf(bias.dtype) }),
        ...allotted?.record,
        ...{ y: y!, dtype: indexOf(dtype), activationBits: activationBits[activations] },
      });
      return this.#live.keep({ dtype, shape: outputShape, data: y! }, allotted ? [allotted.finding] : open);
    });
  }

  activation(x: Tensor<FloatDType>, kind: ActivationKind): Tensor<FloatDType> {
    validateActivation(this, x, kind);
    const { dtype, shape, data, byteLength, findings } = ownedTensor(x);
    return this.#make([byteLength], ([y]) => {
      const [size, index] = [sizeOf(shape), activationKinds.indexOf(kind)];
      this.#device.activation({ x: data, y: y!, dtype: indexOf(dtype), size, kind: index });
      return this.#live.keep({ dtype, shape, data: y! }, findings);
    });
  }

  async sync(): Promise<void> {
    validateAlive(this);
    try {
      const known = this.#ledger.settle();
      await Promise.all([known, this.#device.synchronize()]);
    } catch (error) {
      throw octetErrorOf(error);
    }
    const error = this.#ledger.takeUnreported();
    if (error) throw error;
  }

  capture(example: Tensor<FloatDType>, chain: (x: Tensor<FloatDType>) => Tensor<FloatDType>): CapturedChain {
    validateOwned(this, example, "the example");
    return capture(
      { backend: this, device: this.#device, ledger: this.#ledger, live: this.#live },
      ownedTensor(example),
      chain,
    );
  }

  memory(): MemoryUse {
    const tensors = this.#live.all();
    return { tensors: tensors.length, bytes: tensors.reduce((bytes, { byteLength }) => bytes + byteLength, 0) };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const tensor of this.#live.all()) tensor.dispose();
    this.#ledger.dispose();
    this.#device.close();
  }

  [disposeSymbol](): void {
    this.dispose();
  }

  /** Allocates buffers and makes something of them; gives them back when that fails. */
  #make<Result>(sizes: readonly number[], make: (buffers: readonly NativeBuffer[]) => Result): Result {
    const buffers: NativeBuffer[] = [];
    try {
      for (const bytes of sizes) buffers.push(this.#device.allocate(bytes));
      return make(buffers);
    } catch (error) {
      for (const buffer of buffers) buffer.free();
      throw octetErrorOf(error);
    }
  }
}

/** A weight as the addon takes it. */
function weightOf(weight: QuantizedTensor | Tensor<FloatDType>): {
  readonly weight: NativeBuffer;
  readonly weightDType: DTypeIndex;
  readonly scales?: NativeBuffer;
  readonly scaleCount?: number;
  readonly group?: number;
} {
  if (!isQuantizedTensor(weight)) return { weight: ownedTensor(weight).data, weightDType: indexOf(weight.dtype) };
  const { codes, scales, scaleCount, granularity } = ownedQuantized(weight);
  return { weight: codes, weightDType: codesIndex, scales, scaleCount, group: groupOf(granularity) };
}

function groupOf(granularity: Granularity): number {
  return granularity.kind === "group" ? granularity.size : 0;
}

// Validation has made sure that handles are this backend's own.
function ownedTensor<D extends DType>(tensor: Tensor<D>): DeviceTensor<D> {
  return tensor as DeviceTensor<D>;
}

function ownedQuantized(tensor: QuantizedTensor): DeviceQuantizedTensor {
  return tensor as DeviceQuantizedTensor;
}

function viewOf<D extends DType>(dtype: D, bytes: ArrayBuffer): TypedArrayOf[D] {
  const TypedArray = allocate(dtype, 0).constructor as new (buffer: ArrayBuffer) => TypedArrayOf[D];
  return new TypedArray(bytes);
}
