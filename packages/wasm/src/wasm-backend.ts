import {
  type ActivationKind,
  type Backend,
  type BackendInfo,
  type DType,
  disposeSymbol,
  type FloatDType,
  type HostQuantizedTensor,
  type HostTensor,
  isDefinedOp,
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
import {
  formOf,
  makeQuantizedTensor,
  makeTensor,
  type QuantizedForm,
  quantizedBytes,
  type TensorForm,
  tensorBytes,
  type WasmHandle,
} from "./device-tensor.ts";
import type { Engine } from "./engine.ts";
import { copyQuantized, copyTensor, storeQuantized, storeTensor } from "./host-copies.ts";
import { planActivation } from "./launches/activation.ts";
import { planDequantize } from "./launches/dequantize.ts";
import { planLinear } from "./launches/linear.ts";
import { weightSource } from "./launches/linear-sources.ts";
import type { Plan, Source } from "./launches/plan.ts";
import { planQuantize } from "./launches/quantize.ts";
import type { Storage } from "./storage.ts";

/** The contract of core on top of an engine. */
export function makeBackend(engine: Engine, info: BackendInfo): Backend {
  return new WasmBackend(engine, info);
}

/** Checks arguments, plans launches, keeps the books on tensors. */
class WasmBackend implements Backend {
  readonly info: BackendInfo;
  /** Let go by `dispose`, and its memory with it. */
  #ownEngine: Engine | undefined;
  readonly #live = new Set<WasmHandle>();
  readonly #forget = (tensor: WasmHandle): void => {
    this.#live.delete(tensor);
  };

  constructor(engine: Engine, info: BackendInfo) {
    this.#ownEngine = engine;
    this.info = info;
  }

  get disposed(): boolean {
    return this.#ownEngine === undefined;
  }

  /** Validation has refused a disposed backend before anything asks for it. */
  get #engine(): Engine {
    return this.#ownEngine as Engine;
  }

  supports(spec: OpSpec): boolean {
    return isDefinedOp(spec);
  }

  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: HostQuantizedTensor): QuantizedTensor;
  upload(given: TensorLike | HostQuantizedTensor): Tensor | QuantizedTensor {
    const { kind, host } = validateUpload(this, given);
    const { heap } = this.#engine;
    if (kind === "tensor") {
      const storage = this.#engine.allocate(tensorBytes(host));
      storeTensor(heap, storage.address, host);
      return this.#keep(makeTensor(this, host, storage, this.#forget));
    }
    const form = { ...host, shape: host.quantized.shape };
    const storage = this.#engine.allocate(quantizedBytes(form));
    storeQuantized(heap, storage.address, host);
    return this.#keep(makeQuantizedTensor(this, form, storage, this.#forget));
  }

  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  async download(tensor: Tensor | QuantizedTensor): Promise<HostTensor | HostQuantizedTensor> {
    validateOwned(this, tensor, "the tensor to download");
    const { heap } = this.#engine;
    const form = formOf(tensor as WasmHandle);
    return this.#engine.read<HostTensor | HostQuantizedTensor>(storageOf(tensor), (address) =>
      "granularity" in form ? copyQuantized(heap, address, form) : copyTensor(heap, address, form),
    );
  }

  quantize(x: Tensor<FloatDType>, options: QuantizeOptions): QuantizedTensor {
    const form = { ...validateQuantize(this, x, options), shape: x.shape };
    return this.#runQuantized(form, planQuantize(sourceOf(x), form), [x]);
  }

  dequantize(tensor: QuantizedTensor, dtype?: FloatDType): Tensor<FloatDType> {
    const output = validateDequantize(this, tensor, dtype);
    const plan = planDequantize(storageOf(tensor).address, tensor, output.dtype);
    return this.#run({ dtype: output.dtype, shape: tensor.shape }, plan, [tensor]);
  }

  linear(
    x: Tensor<FloatDType>,
    weight: QuantizedTensor | Tensor<FloatDType>,
    options?: LinearOptions,
  ): Tensor<FloatDType> {
    const { bias, ...geometry } = validateLinear(this, x, weight, options);
    const plan = planLinear({
      geometry,
      x: sourceOf(x),
      weight: weightSource(weight as WasmHandle, geometry.k),
      bias: bias && sourceOf(bias),
      threads: this.#engine.threads,
    });
    const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
    return this.#run({ dtype: geometry.dtype, shape: geometry.outputShape }, plan, inputs);
  }

  activation(x: Tensor<FloatDType>, kind: ActivationKind): Tensor<FloatDType> {
    validateActivation(this, x, kind);
    return this.#run({ dtype: x.dtype, shape: x.shape }, planActivation(sourceOf(x), x.shape, kind), [x]);
  }

  async sync(): Promise<void> {
    validateAlive(this);
    await this.#engine.sync();
  }

  memory(): MemoryUse {
    let bytes = 0;
    for (const { byteLength } of this.#live) bytes += byteLength;
    return { tensors: this.#live.size, bytes };
  }

  dispose(): void {
    const engine = this.#ownEngine;
    if (engine === undefined) return;
    for (const tensor of this.#live) tensor.dispose();
    this.#ownEngine = undefined;
    engine.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }

  #run<D extends DType>(form: TensorForm<D>, plan: Plan, inputs: readonly (Tensor | QuantizedTensor)[]): Tensor<D> {
    const storage = this.#engine.run(plan, tensorBytes(form), inputs.map(storageOf));
    return this.#keep(makeTensor(this, form, storage, this.#forget));
  }

  #runQuantized(form: QuantizedForm, plan: Plan, inputs: readonly Tensor[]): QuantizedTensor {
    const storage = this.#engine.run(plan, quantizedBytes(form), inputs.map(storageOf));
    return this.#keep(makeQuantizedTensor(this, form, storage, this.#forget));
  }

  #keep<Kept extends WasmHandle>(tensor: Kept): Kept {
    this.#live.add(tensor);
    return tensor;
  }
}

function storageOf(tensor: Tensor | QuantizedTensor): Storage {
  return (tensor as WasmHandle).storage;
}

function sourceOf(tensor: Tensor<FloatDType>): Source {
  return { address: storageOf(tensor).address, dtype: tensor.dtype };
}
