import {
  type ActivationKind,
  type Backend,
  type BackendInfo,
  type DType,
  disposeSymbol,
  type FloatDType,
  type Granularity,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  isDefinedOp,
  isQuantizedTensor,
  type LinearOptions,
  type MemoryUse,
  type OpSpec,
  type QuantizedTensor,
  type QuantizeOptions,
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
import { dequantizeRows, multiplyCodes, multiplyFloats, quantizeRows } from "./kernels.ts";
import { type TensorHandle, TinyCodes, TinyTensor } from "./tensors.ts";

/** Float32 activations, weights of 8 bits per output channel, and nothing else. */
export function createTinyBackend(): Backend {
  return new TinyBackend();
}

// What `octet conformance --backend ./backend.ts` looks for.
export default createTinyBackend;

class TinyBackend implements Backend {
  readonly info: BackendInfo = {
    name: "tiny",
    device: "one JavaScript thread",
    apiVersion: 1,
    maxTensorBytes: 2 ** 30,
    features: [],
  };
  readonly #live = new Set<TensorHandle>();
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  supports(spec: OpSpec): boolean {
    if (!isDefinedOp(spec) || spec.dtype !== "float32") return false;
    switch (spec.op) {
      case "quantize":
      case "dequantize":
        return perRow(spec.granularity) && spec.bits === 8;
      case "linear":
        return (
          spec.outputDType === "float32" &&
          spec.activations !== "int16" &&
          (spec.bias ?? "float32") === "float32" &&
          "granularity" in spec.weight &&
          perRow(spec.weight.granularity) &&
          spec.weight.bits === 8
        );
      case "activation":
        return spec.kind === "relu";
    }
  }

  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: HostQuantizedTensor): QuantizedTensor;
  upload(host: TensorLike | HostQuantizedTensor): Tensor | QuantizedTensor {
    const upload = validateUpload(this, host);
    return upload.kind === "tensor" ? this.#keep(copyOf(upload.host)) : this.#keepCodes(copyOfCodes(upload.host));
  }

  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  async download(tensor: Tensor | QuantizedTensor): Promise<HostTensor | HostQuantizedTensor> {
    validateOwned(this, tensor, "the tensor to download");
    return isQuantizedTensor(tensor) ? copyOfCodes(codesOf(tensor)) : copyOf((tensor as TinyTensor).host);
  }

  quantize(x: Tensor<FloatDType>, options: QuantizeOptions): QuantizedTensor {
    const { granularity, bits } = validateQuantize(this, x, options);
    const { codes, scales } = quantizeRows(floatsOf(x), x.shape[0], -128);
    return this.#keepCodes({
      quantized: hostTensor("int8", x.shape, codes),
      scale: hostTensor("float32", [x.shape[0]], scales),
      granularity,
      bits,
    });
  }

  dequantize(tensor: QuantizedTensor, dtype?: FloatDType): Tensor<FloatDType> {
    validateDequantize(this, tensor, dtype);
    const { quantized, scale } = codesOf(tensor);
    return this.#keepFloats(tensor.shape, dequantizeRows(quantized.data, scale.data));
  }

  linear(
    x: Tensor<FloatDType>,
    weight: QuantizedTensor | Tensor<FloatDType>,
    options: LinearOptions = {},
  ): Tensor<FloatDType> {
    const { m, n, k, activations, outputShape, bias } = validateLinear(this, x, weight, options);
    const { quantized, scale } = codesOf(weight as QuantizedTensor);
    const multiply = activations === "float" ? multiplyFloats : multiplyCodes;
    const product = { m, n, k, codes: quantized.data, scales: scale.data, bias: bias && floatsOf(bias) };
    return this.#keepFloats(outputShape, multiply(floatsOf(x), product));
  }

  activation(x: Tensor<FloatDType>, kind: ActivationKind): Tensor<FloatDType> {
    validateActivation(this, x, kind);
    return this.#keepFloats(
      x.shape,
      floatsOf(x).map((value) => Math.max(value, 0)),
    );
  }

  // Ops run at their call, so there is never anything to wait for.
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

  #keepFloats(shape: readonly number[], data: Float32Array): Tensor<FloatDType> {
    return this.#keep(hostTensor("float32", shape, data));
  }

  #keep<D extends DType>(host: HostTensor<D>): Tensor<D> {
    const tensor = new TinyTensor(this, host, () => this.#live.delete(tensor));
    this.#live.add(tensor);
    return tensor;
  }

  #keepCodes(host: HostQuantizedTensor): QuantizedTensor {
    const tensor = new TinyCodes(this, host, () => this.#live.delete(tensor));
    this.#live.add(tensor);
    return tensor;
  }
}

function perRow(granularity: Granularity): boolean {
  return granularity.kind === "channel" && granularity.dim === 0;
}

function floatsOf(tensor: Tensor<FloatDType>): Float32Array {
  return (tensor as TinyTensor<"float32">).host.data;
}

function codesOf(tensor: QuantizedTensor): HostQuantizedTensor {
  return (tensor as TinyCodes).host;
}

function copyOf<D extends DType>({ dtype, shape, data }: HostTensor<D>): HostTensor<D> {
  return hostTensor(dtype, shape, structuredClone(data));
}

function copyOfCodes(host: HostQuantizedTensor): HostQuantizedTensor {
  return { ...host, quantized: copyOf(host.quantized), scale: copyOf(host.scale) };
}
