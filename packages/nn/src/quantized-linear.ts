import {
  type Backend,
  Brand,
  type FloatDType,
  formatValue,
  type Granularity,
  type LinearActivations,
  linearOp,
  OctetError,
  type OptionKinds,
  type Tensor,
  validateOptions,
} from "@octet/core";
import { formatGranularity } from "@octet/core/names";
import { FloatParameter } from "./float-parameter.ts";
import { describeFeatures, isLinear, type Linear, stageBias, validateBias } from "./linear.ts";
import { Module } from "./module.ts";
import { QuantizedParameter } from "./quantized-parameter.ts";
import { Staging } from "./staging.ts";
import type { TensorSource } from "./tensor-source.ts";
import { validateLayerBackend } from "./validate-backend.ts";

/** How weights are quantized, and what they are multiplied with. */
export interface QuantizationOptions {
  /** "float" (default): x as it is. "int16", "int8": x quantized per row, and the result exact, the same bytes on every backend. */
  readonly activations?: LinearActivations | undefined;
  /** 2 to 8; default 8. */
  readonly bits?: number | undefined;
  /** Default `{ kind: "channel", dim: 0 }`, a scale per output feature. Groups take float activations. */
  readonly granularity?: Granularity | undefined;
}

export interface QuantizedLinearOptions extends QuantizationOptions {
  /** Where the weights live; tensors given to `forward` are this backend's. */
  readonly backend: Backend;
  /** Whether the layer adds a bias. Default false. */
  readonly bias?: boolean | undefined;
}

export interface FromLinearOptions extends QuantizationOptions {
  /** Default: the backend of the Linear. */
  readonly backend?: Backend | undefined;
}

/** `y = x W^T + b` with weights as codes and scales. The bias stays a float tensor, of any float dtype. */
export class QuantizedLinear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly backend: Backend;
  /** `[outFeatures, inFeatures]` */
  readonly weight: QuantizedParameter;
  /** `[outFeatures]` */
  readonly bias: FloatParameter | null;

  /** @throws OctetError `ERR_SHAPE`, `ERR_UNSUPPORTED` for options that `linear` would refuse; `ERR_UNAVAILABLE` without a backend */
  constructor(inFeatures: number, outFeatures: number, options: QuantizedLinearOptions) {
    super();
    validateLayerBackend("QuantizedLinear", options);
    validateOptions("QuantizedLinear", options, { ...fromLinearKinds, bias: "boolean" });
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.backend = options.backend;
    const { bias = false, ...weightOptions } = options;
    this.weight = new QuantizedParameter([outFeatures, inFeatures], weightOptions);
    this.bias = bias ? new FloatParameter([outFeatures], { backend: options.backend }) : null;
  }

  /**
   * A quantized copy of a Linear, which is left as it is.
   * @throws OctetError as `quantizeWeights` does; `ERR_UNAVAILABLE` when the Linear has no weights
   */
  static fromLinear(linear: Linear, options: FromLinearOptions = {}): Promise<QuantizedLinear> {
    return quantizeLinear(linear, options);
  }

  get activations(): LinearActivations {
    return this.weight.activations;
  }

  get bits(): number {
    return this.weight.bits;
  }

  /** Of the weights; those of a state dict may have another than the layer was made with. */
  get granularity(): Granularity {
    return this.weight.granularity;
  }

  /** Whether weights are there, quantized here or loaded. */
  get quantized(): boolean {
    return this.weight.loaded;
  }

  /**
   * Quantizes the weight `[outFeatures, inFeatures]` and copies the bias `[outFeatures]`, from the host or from this backend. Resolves
   * when the device has done it; on an error the layer is as it was.
   * @throws OctetError `ERR_NON_FINITE` for a NaN or infinity in the weight; `ERR_SHAPE`, also when the bias is missing or one too
   * many; `ERR_DTYPE`, `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED`
   */
  async quantizeWeights(weight: TensorSource, bias: TensorSource | null = null): Promise<void> {
    validateBias(this.bias, bias);
    using staging = new Staging();
    staging.add(this.weight, this.weight.quantize(weight));
    await stageBias(staging, this.bias, bias);
    await staging.settle();
    staging.commit();
  }

  /**
   * x `[..., inFeatures]`, any float dtype; result `[..., outFeatures]` of the same dtype.
   * @throws OctetError `ERR_NOT_QUANTIZED` before weights are there; `ERR_SHAPE`, `ERR_DTYPE`, `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED`;
   * `ERR_NON_FINITE`, here or at the download, when exact activations meet a NaN or infinity
   */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    const { activations } = this;
    return this.backend.run(linearOp, { x, weight: this.weight.tensor, bias: this.bias?.tensor }, { activations });
  }

  override extraRepr(): string {
    const { granularity, bits, activations } = this;
    return `${describeFeatures(this)}, bits=${bits}, granularity=${formatGranularity(granularity)}, activations=${activations}`;
  }
}

const brand = new Brand<QuantizedLinear>("octet.nn.quantized-linear");
brand.mark(QuantizedLinear.prototype);

/** Whether `value` is a QuantizedLinear, of any copy of this package. */
export function isQuantizedLinear(value: unknown): value is QuantizedLinear {
  return brand.marks(value);
}

/** The options of `fromLinear`, which others have as well. */
export const fromLinearKinds: OptionKinds<FromLinearOptions> = {
  backend: "any",
  activations: "any",
  bits: "any",
  granularity: "any",
};

// Outside the class: bundlers rename a class that refers to itself, and toString would print that name.
async function quantizeLinear(linear: Linear, options: FromLinearOptions): Promise<QuantizedLinear> {
  if (!isLinear(linear)) throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(linear)}; pass a Linear`);
  validateOptions("fromLinear", options, fromLinearKinds);
  const { inFeatures, outFeatures, backend: source } = linear;
  const backend = options.backend ?? source;
  const layer = new QuantizedLinear(inFeatures, outFeatures, { ...options, backend, bias: linear.bias !== null });
  const weight = linear.weight.tensor;
  const bias = linear.bias?.tensor ?? null;
  if (backend === source) await layer.quantizeWeights(weight, bias);
  else await layer.quantizeWeights(await source.download(weight), bias && (await source.download(bias)));
  return layer;
}
