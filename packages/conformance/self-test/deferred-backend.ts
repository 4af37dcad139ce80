import {
  type ActivationKind,
  type Backend,
  createReferenceBackend,
  type DType,
  disposeSymbol,
  type FloatDType,
  type Granularity,
  type HostQuantizedTensor,
  type HostTensor,
  type LinearOptions,
  type MemoryUse,
  OctetError,
  type OpSpec,
  type QuantizedTensor,
  type QuantizeOptions,
  scaleShape,
  sizeOf,
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

type AnyTensor = Tensor | QuantizedTensor;
type Form = Partial<Pick<Tensor, "dtype">> &
  Partial<Pick<QuantizedTensor, "granularity" | "bits">> &
  Pick<Tensor, "shape" | "byteLength">;

/**
 * A right backend of the other kind: it checks arguments at the call and runs ops later, as devices do, so that a NaN shows at the
 * first read. The suite must pass it as it passes the reference.
 */
export function createDeferredBackend(): Backend {
  return new DeferredBackend();
}

class DeferredBackend {
  readonly info: Backend["info"] = { ...createReferenceBackend().info, name: "deferred" };
  readonly #inner = createReferenceBackend();
  readonly #live = new Set<Handle>();
  readonly #unreported: unknown[] = [];
  #tail: Promise<void> = Promise.resolve();
  disposed = false;

  supports(spec: OpSpec): boolean {
    return this.#inner.supports(spec);
  }

  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: HostQuantizedTensor): QuantizedTensor;
  upload(host: TensorLike | HostQuantizedTensor): AnyTensor {
    const checked = structuredClone(validateUpload(this, host));
    if (checked.kind === "tensor") {
      const { dtype, shape, data } = checked.host;
      return this.#make({ dtype, shape, byteLength: data.byteLength }, [], () => this.#inner.upload(checked.host));
    }
    const { quantized, granularity, bits } = checked.host;
    return this.#make(codesForm(quantized.shape, granularity, bits), [], () => this.#inner.upload(checked.host));
  }

  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  async download(tensor: AnyTensor): Promise<HostTensor | HostQuantizedTensor> {
    validateOwned(this, tensor, "the tensor to download");
    return this.#enqueue(() => {
      if (this.disposed) throw new OctetError("ERR_DISPOSED", "the backend was disposed before it could be read");
      const { error, inner } = tensor as unknown as Handle;
      if (error === undefined) return this.#inner.download(inner as Tensor);
      const index = this.#unreported.indexOf(error);
      if (index >= 0) this.#unreported.splice(index, 1);
      throw error;
    });
  }

  quantize(x: Tensor<FloatDType>, options: QuantizeOptions): QuantizedTensor {
    const { granularity, bits } = validateQuantize(this, x, options);
    return this.#make(codesForm(x.shape, granularity, bits), [x], (input) =>
      this.#inner.quantize(input as Tensor<FloatDType>, { granularity, bits }),
    );
  }

  dequantize(tensor: QuantizedTensor, dtype?: FloatDType): Tensor<FloatDType> {
    const output = validateDequantize(this, tensor, dtype);
    return this.#make(floatsForm(output.dtype, tensor.shape), [tensor], (input) =>
      this.#inner.dequantize(input as QuantizedTensor, output.dtype),
    );
  }

  linear(
    x: Tensor<FloatDType>,
    weight: QuantizedTensor | Tensor<FloatDType>,
    options: LinearOptions = {},
  ): Tensor<FloatDType> {
    const { activations, dtype, outputShape, bias } = validateLinear(this, x, weight, options);
    const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
    return this.#make(floatsForm(dtype, outputShape), inputs, (input, operand, addend) =>
      this.#inner.linear(input as Tensor<FloatDType>, operand as QuantizedTensor, {
        activations,
        dtype,
        bias: (addend as Tensor<FloatDType> | undefined) ?? null,
      }),
    );
  }

  activation(x: Tensor<FloatDType>, kind: ActivationKind): Tensor<FloatDType> {
    validateActivation(this, x, kind);
    return this.#make(floatsForm(x.dtype, x.shape), [x], (input) =>
      this.#inner.activation(input as Tensor<FloatDType>, kind),
    );
  }

  async sync(): Promise<void> {
    validateAlive(this);
    await this.#enqueue(() => {
      const [first] = this.#unreported.splice(0);
      if (first !== undefined) throw first;
    });
  }

  memory(): MemoryUse {
    let bytes = 0;
    for (const { byteLength } of this.#live) bytes += byteLength;
    return { tensors: this.#live.size, bytes };
  }

  dispose(): void {
    this.disposed = true;
    for (const tensor of this.#live) tensor.dispose();
    void this.#enqueue(() => this.#inner.dispose());
  }

  [disposeSymbol](): void {
    this.dispose();
  }

  /** A tensor that will be what `compute` makes of its inputs, or fail with the error of the first input that did. */
  #make(form: Form, inputs: readonly AnyTensor[], compute: (...inputs: AnyTensor[]) => AnyTensor): never {
    const handle: Handle = new Handle(this, form, () => {
      this.#live.delete(handle);
      void this.#enqueue(() => handle.inner?.dispose());
    });
    this.#live.add(handle);
    void this.#enqueue(() => {
      const failed = (inputs as readonly unknown[] as readonly Handle[]).find(({ error }) => error !== undefined);
      handle.error = failed?.error;
      if (failed !== undefined || this.disposed) return;
      try {
        handle.inner = compute(
          ...(inputs as readonly unknown[] as readonly Handle[]).map(({ inner }) => inner as AnyTensor),
        );
      } catch (error) {
        handle.error = error;
        this.#unreported.push(error);
      }
    });
    return handle as never;
  }

  /** Runs `job` some time after everything that was enqueued before. */
  #enqueue<Result>(job: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#tail.then(job);
    this.#tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

class Handle {
  readonly backend: Backend;
  readonly shape: readonly number[];
  readonly byteLength: number;
  readonly #release: () => void;
  inner: AnyTensor | undefined;
  error: unknown;
  disposed = false;

  constructor(backend: Backend, form: Form, release: () => void) {
    this.backend = backend;
    this.shape = Object.freeze([...form.shape]);
    this.byteLength = form.byteLength;
    this.#release = release;
    const { shape: _shape, byteLength: _byteLength, ...rest } = form; // a tensor has no granularity, codes have no dtype
    Object.assign(this, rest);
    // The rest changes in its life; what describes the tensor does not.
    for (const name of Object.keys(form)) Object.defineProperty(this, name, { writable: false });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.#release();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

function codesForm(shape: readonly number[], granularity: Granularity, bits: number): Form {
  return {
    shape,
    granularity: Object.freeze(granularity),
    bits,
    byteLength: sizeOf(shape) + 4 * sizeOf(scaleShape(granularity, shape)),
  };
}

function floatsForm(dtype: FloatDType, shape: readonly number[]): Form {
  return { dtype, shape, byteLength: sizeOf(shape) * (dtype === "float32" ? 4 : 2) };
}
