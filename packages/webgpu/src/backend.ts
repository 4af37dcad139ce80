import {
  type ActivationKind,
  allocate,
  type Backend,
  type BackendInfo,
  bytesPerElement,
  DisposableObject,
  type DType,
  type FloatDType,
  type Granularity,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  isDefinedOp,
  isQuantizedTensor,
  type LinearOptions,
  type MemoryUse,
  OctetError,
  type OpSpec,
  type QuantizedTensor,
  type QuantizeOptions,
  scaleShape,
  type Tensor,
  type TensorLike,
  validateActivation,
  validateAlive,
  validateDequantize,
  validateLinear,
  validateOwned,
  validateQuantize,
  validateUpload,
} from "@octet/core";
import { codeLayout, packCodes, unpackCodes } from "./code-layout.ts";
import type { Device } from "./device.ts";
import { type DeviceTensor, WebGPUQuantizedTensor, WebGPUTensor } from "./device-tensor.ts";
import { refused } from "./error-scopes.ts";
import { activation } from "./kernels/activation.ts";
import { dequantize } from "./kernels/dequantize.ts";
import { type LinearWeight, linear } from "./kernels/linear.ts";
import { quantize } from "./kernels/quantize.ts";
import type { FloatSource } from "./kernels/quantize-task.ts";
import { shadersOf } from "./kernels/shaders-of.ts";
import { Operation } from "./operation.ts";
import type { Outcome } from "./outcome.ts";
import { type BufferPart, readBuffers } from "./read-buffers.ts";

/** Where a backend's device comes from, and what becomes of it. */
export interface BackendDevice {
  readonly device: Device;
  readonly info: BackendInfo;
  /** Runs when the backend is disposed: destroys the device, if the backend made it. */
  readonly release: () => void;
}

/** The ops of the contract on a GPUDevice. Ops are submitted several together; nothing waits but `download` and `sync`. */
export class WebGPUBackend extends DisposableObject implements Backend {
  readonly info: BackendInfo;
  readonly #device: Device;
  readonly #releaseDevice: () => void;
  readonly #live = new Set<DeviceTensor>();
  #lost: OctetError | undefined;
  #disposed = false;

  constructor({ device, info, release }: BackendDevice) {
    super();
    this.#device = device;
    this.info = info;
    this.#releaseDevice = release;
    device.gpu.lost.then(({ reason, message }) => {
      this.#lost = new OctetError(
        "ERR_DEVICE_LOST",
        `the device ${info.device} is lost (${reason}): ${message}; dispose the backend, make a new one and upload again`,
      );
    });
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  supports(spec: OpSpec): boolean {
    return isDefinedOp(spec);
  }

  async prepare(specs: readonly OpSpec[]): Promise<void> {
    validateAlive(this);
    if (!Array.isArray(specs))
      throw new OctetError("ERR_UNSUPPORTED", "prepare takes an array of ops; pass [] or more");
    const shaders = specs
      .filter((spec) => this.supports(spec))
      .flatMap((spec) => shadersOf(spec, this.#device.features));
    try {
      await this.#device.pipelines.prepare(shaders);
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: HostQuantizedTensor): QuantizedTensor;
  upload(host: TensorLike | HostQuantizedTensor): Tensor | QuantizedTensor {
    const upload = validateUpload(this, host);
    if (upload.kind === "tensor") {
      const { dtype, shape, data } = upload.host;
      return this.#run([], (operation) => {
        const buffer = operation.result(data.byteLength);
        operation.write(buffer, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
        return (outcome) => this.#keep(new WebGPUTensor(this, dtype, shape, outcome, buffer, this.#release));
      });
    }
    const { quantized, scale, granularity, bits } = upload.host;
    const layout = codeLayout(quantized.shape);
    this.#validateBufferBytes(layout.bytes);
    return this.#run([], (operation) => {
      const codes = operation.result(layout.bytes);
      const scales = operation.result(scale.data.byteLength);
      operation.write(codes, packCodes(quantized.data, layout));
      operation.write(scales, new Uint8Array(scale.data.buffer, scale.data.byteOffset, scale.data.byteLength));
      return this.#quantizedResult(quantized.shape, granularity, bits, { codes, scales });
    });
  }

  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  async download(tensor: Tensor | QuantizedTensor): Promise<HostTensor | HostQuantizedTensor> {
    validateOwned(this, tensor, "the tensor to download");
    if (isQuantizedTensor(tensor)) {
      const { shape, granularity, bits, codes, scales, outcome } = tensor as WebGPUQuantizedTensor;
      const layout = codeLayout(shape);
      const shapeOfScales = scaleShape(granularity, shape);
      const scaleBytes = tensor.byteLength - layout.rows * layout.cols;
      const [codeBytes, scaleData] = await this.#read(
        [
          { buffer: codes, bytes: layout.bytes },
          { buffer: scales, bytes: scaleBytes },
        ],
        outcome,
      );
      return {
        quantized: hostTensor("int8", shape, unpackCodes(codeBytes, layout)),
        scale: hostTensor("float32", shapeOfScales, new Float32Array(scaleData.buffer)),
        granularity,
        bits,
      };
    }
    const { dtype, shape, buffer, outcome } = tensor as WebGPUTensor;
    const [bytes] = await this.#read([{ buffer, bytes: tensor.byteLength }], outcome);
    const data = allocate(dtype, bytes.length / bytesPerElement[dtype]);
    new Uint8Array(data.buffer).set(bytes);
    return hostTensor(dtype, shape, data);
  }

  quantize(x: Tensor<FloatDType>, options: QuantizeOptions): QuantizedTensor {
    const { granularity, bits } = validateQuantize(this, x, options);
    this.#validateBufferBytes(codeLayout(x.shape).bytes);
    return this.#run([x], (operation) => {
      const buffers = quantize(operation, sourceOf(x), x.shape, granularity, bits);
      return this.#quantizedResult(x.shape, granularity, bits, buffers);
    });
  }

  dequantize(tensor: QuantizedTensor, dtype?: FloatDType): Tensor<FloatDType> {
    const { dtype: output } = validateDequantize(this, tensor, dtype);
    const { shape, granularity } = tensor;
    return this.#run([tensor], (operation) => {
      const buffer = dequantize(operation, tensor as WebGPUQuantizedTensor, shape, granularity, output);
      return this.#result(output, shape, buffer);
    });
  }

  linear(
    x: Tensor<FloatDType>,
    weight: QuantizedTensor | Tensor<FloatDType>,
    options: LinearOptions = {},
  ): Tensor<FloatDType> {
    const { bias, ...geometry } = validateLinear(this, x, weight, options);
    return this.#run([x, weight, ...(bias ? [bias] : [])], (operation) => {
      const buffer = linear(operation, sourceOf(x), weightOf(weight), bias && sourceOf(bias), geometry);
      return this.#result(geometry.dtype, geometry.outputShape, buffer);
    });
  }

  activation(x: Tensor<FloatDType>, kind: ActivationKind): Tensor<FloatDType> {
    validateActivation(this, x, kind);
    return this.#run([x], (operation) => {
      const source = sourceOf(x);
      const buffer = activation(operation, source, x.byteLength / source.elementBytes, kind);
      return this.#result(x.dtype, x.shape, buffer);
    });
  }

  async sync(): Promise<void> {
    validateAlive(this);
    await this.#read([]);
    try {
      await this.#device.gpu.queue.onSubmittedWorkDone();
    } catch (error) {
      throw await this.#explain(error);
    }
    const error = this.#device.ledger.takeError() ?? this.#lost;
    if (error !== undefined) throw error;
  }

  memory(): MemoryUse {
    let bytes = 0;
    for (const tensor of this.#live) bytes += tensor.byteLength;
    return { tensors: this.#live.size, bytes };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const tensor of this.#live) tensor.dispose();
    this.#device.destroy();
    this.#releaseDevice();
  }

  /** Runs an op: `enqueue` collects its commands and says what to make of its outcome. */
  #run<Result>(
    inputs: readonly (Tensor | QuantizedTensor)[],
    enqueue: (operation: Operation) => (outcome: Outcome) => Result,
  ): Result {
    if (this.#lost) throw this.#lost;
    const { queue, ledger } = this.#device;
    const operation = new Operation(this.#device);
    try {
      const finish = enqueue(operation);
      const submission = queue.enqueue(operation);
      const outcomes = inputs.map((input) => (input as unknown as DeviceTensor).outcome);
      const result = finish(ledger.open(outcomes, operation.slot, submission));
      operation.releaseScratch();
      return result;
    } catch (error) {
      operation.abandon();
      throw error;
    }
  }

  /**
   * Copies buffers to the host and settles every op so far. Findings are copied apart, so that neither read fails with the other.
   * @throws OctetError what went wrong in `outcome`'s op or one before it; `ERR_DEVICE_LOST`, `ERR_DISPOSED`
   */
  async #read(parts: readonly BufferPart[], outcome?: Outcome): Promise<Uint8Array<ArrayBuffer>[]> {
    if (this.#lost) throw this.#lost;
    const { gpu, queue, ledger, staging } = this.#device;
    queue.flush();
    const { pages, settle } = ledger.snapshot();
    const [data, ...findings] = await Promise.allSettled([
      readBuffers(gpu, parts, staging),
      ...pages.map((buffer) => readBuffers(gpu, [{ buffer, bytes: buffer.size }], staging)),
    ]);
    const allKnown = await settle(
      findings.map((page) => (page.status === "fulfilled" ? new Uint32Array(page.value[0].buffer) : undefined)),
    );
    validateAlive(this);
    const error = outcome?.report();
    if (error !== undefined) throw error;
    if (data.status === "rejected") throw await this.#explain(data.reason);
    const unread = findings.find((page) => page.status === "rejected");
    if (unread !== undefined && !(outcome?.settled ?? allKnown)) throw await this.#explain(unread.reason);
    return data.value;
  }

  /** Why the device did not do its work: the backend is disposed or the device lost, or else what it says itself. */
  async #explain(reason: unknown): Promise<OctetError> {
    if (!this.#disposed) {
      // What is lost says so soon after it rejects what was under way.
      await Promise.race([this.#device.gpu.lost, new Promise((resolve) => setTimeout(resolve, 100))]);
    }
    validateAlive(this);
    return this.#lost ?? refused("what was asked of it", reason);
  }

  #validateBufferBytes(bytes: number): void {
    const { maxTensorBytes } = this.info;
    if (bytes <= maxTensorBytes) return;
    throw new OctetError(
      "ERR_OUT_OF_MEMORY",
      `the codes take ${bytes} bytes, their rows padded to multiples of 16; the device holds up to ${maxTensorBytes}: split the tensor`,
    );
  }

  #result(dtype: FloatDType, shape: readonly number[], buffer: GPUBuffer): (outcome: Outcome) => Tensor<FloatDType> {
    return (outcome) => this.#keep(new WebGPUTensor(this, dtype, shape, outcome, buffer, this.#release));
  }

  #quantizedResult(
    shape: readonly number[],
    granularity: Granularity,
    bits: number,
    buffers: { readonly codes: GPUBuffer; readonly scales: GPUBuffer },
  ): (outcome: Outcome) => QuantizedTensor {
    return (outcome) =>
      this.#keep(new WebGPUQuantizedTensor(this, shape, granularity, bits, outcome, buffers, this.#release));
  }

  #keep<Kept extends DeviceTensor>(tensor: Kept): Kept {
    this.#live.add(tensor);
    return tensor;
  }

  readonly #release = (tensor: DeviceTensor): void => {
    this.#live.delete(tensor);
    for (const buffer of tensor.buffers) this.#device.pool.release(buffer);
  };
}

function sourceOf(tensor: Tensor<FloatDType>): FloatSource {
  const { buffer, dtype } = tensor as WebGPUTensor<FloatDType>;
  return { buffer, dtype, elementBytes: bytesPerElement[dtype] };
}

function weightOf(weight: QuantizedTensor | Tensor<FloatDType>): LinearWeight {
  if (!isQuantizedTensor(weight)) return { kind: "float", source: sourceOf(weight) };
  const { codes, scales, granularity, shape } = weight as WebGPUQuantizedTensor;
  const groupSize = granularity.kind === "group" ? granularity.size : undefined;
  return {
    kind: "codes",
    layout: codeLayout(shape),
    codes,
    scales,
    scalesPerRow: groupSize !== undefined ? shape[1] / groupSize : granularity.kind === "tensor" ? 0 : 1,
    groupSize,
  };
}
