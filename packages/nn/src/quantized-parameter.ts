import {
  type Backend,
  bitRange,
  type FloatDType,
  formatShape,
  type Granularity,
  type HostTensor,
  hostTensor,
  type LinearActivations,
  linearOp,
  normalizeGranularity,
  normalizeHostTensor,
  OctetError,
  type QuantizedTensor,
  quantizeOp,
  scaleShape,
  type Tensor,
  type TensorLike,
  validateBackend,
  validateOptions,
} from "@octet/core";
import { inferGranularity, storedScaleShape } from "@octet/core/names";
import { Parameter, validateTensors } from "./parameter.ts";
import { isDeviceTensor, validateSource } from "./tensor-source.ts";

export interface QuantizedParameterOptions {
  readonly backend: Backend;
  /** What the weight is to be multiplied with; int16 and int8 exclude groups. Default "float". */
  readonly activations?: LinearActivations | undefined;
  /** 2 to 8; default 8. */
  readonly bits?: number | undefined;
  /** Default `{ kind: "channel", dim: 0 }`, a scale per output feature. */
  readonly granularity?: Granularity | undefined;
}

/** The weight `[outFeatures, inFeatures]` of a linear op as codes and scales on a device. In a state dict: `weight`, `weight_scale`. */
export class QuantizedParameter extends Parameter<QuantizedTensor> {
  readonly backend: Backend;
  readonly activations: LinearActivations;
  readonly bits: number;
  readonly suffixes: readonly string[] = ["", "_scale"];
  readonly #granularity: Granularity;

  /** @throws OctetError `ERR_SHAPE`, `ERR_UNSUPPORTED` for what `linear` would refuse; `ERR_UNAVAILABLE` without a backend */
  constructor(shape: readonly number[], options: QuantizedParameterOptions) {
    super(shape);
    validateOptions("QuantizedParameter", options, {
      backend: "any",
      activations: "any",
      bits: "any",
      granularity: "any",
    });
    const { backend, activations = "float", bits = 8, granularity = { kind: "channel", dim: 0 } } = options;
    validateBackend(backend);
    bitRange(bits);
    this.backend = backend;
    this.activations = activations;
    this.bits = bits;
    this.#granularity = normalizeGranularity(granularity, shape);
    this.#validate(this.#granularity);
  }

  /** Of the data; before there is any, what `quantize` will use. */
  get granularity(): Granularity {
    return this.loaded ? this.tensor.granularity : this.#granularity;
  }

  /**
   * Quantizes floats, of the host or of the device, which are read and left alone; the caller owns the result.
   * @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, and `ERR_NON_FINITE`, here or at a download of the result
   */
  quantize(floats: TensorLike<FloatDType> | Tensor<FloatDType>): QuantizedTensor {
    validateSource(floats, "the weight");
    this.validateShape(floats.shape);
    if (isDeviceTensor(floats)) return this.#quantize(floats);
    using uploaded = this.backend.upload(floats);
    return this.#quantize(uploaded);
  }

  /** On this parameter's backend, which refuses tensors of others. */
  #quantize(x: Tensor<FloatDType>): QuantizedTensor {
    return this.backend.run(quantizeOp, { x }, { granularity: this.#granularity, bits: this.bits });
  }

  async toState(): Promise<readonly HostTensor[]> {
    const { quantized, scale, granularity } = await this.backend.download(this.tensor);
    return [quantized, hostTensor("float32", storedScaleShape(granularity, this.shape), scale.data)];
  }

  fromState(tensors: readonly TensorLike[]): QuantizedTensor {
    const [codes, scale] = validateTensors(tensors);
    const quantized = normalizeHostTensor(codes, "the codes") as HostTensor<"int8">;
    const stored = normalizeHostTensor(scale, "the scale") as HostTensor<"float32">;
    this.validateShape(quantized.shape);
    const granularity = inferGranularity(stored.shape, this.shape, this.#granularity);
    this.#validate(granularity);
    // The upload checks the rest: dtypes, the range of the codes, that scales are finite and above 0.
    const { dtype, data } = stored;
    const shaped = { dtype, shape: scaleShape(granularity, this.shape), data };
    return this.backend.upload({ quantized, scale: shaped, granularity, bits: this.bits });
  }

  protected override emptyError(): OctetError {
    return new OctetError(
      "ERR_NOT_QUANTIZED",
      `a quantized weight of ${formatShape(this.shape)} has no codes yet; call quantizeWeights or load a state dict first`,
    );
  }

  /** Refuses a granularity that `linear` would refuse with these activations, before any work is done. */
  #validate(granularity: Granularity): void {
    const { shape, bits, activations } = this;
    const x = { dtype: "float32", shape: [1, shape[1]] } as const;
    linearOp.plan({ x, weight: { shape, granularity, bits }, bias: undefined }, { activations });
  }
}
