import {
  type Backend,
  Brand,
  type FloatDType,
  formatShape,
  linearOp,
  OctetError,
  type Tensor,
  validateOptions,
} from "@octet/core";
import { FloatParameter } from "./float-parameter.ts";
import { Module } from "./module.ts";
import { Staging } from "./staging.ts";
import { readTensor, type TensorSource, validateSource } from "./tensor-source.ts";
import { validateLayerBackend } from "./validate-backend.ts";

export interface LinearLayerOptions {
  /** Where the weights live; tensors given to `forward` are this backend's. */
  readonly backend: Backend;
  /** Whether the layer adds a bias. Default true. */
  readonly bias?: boolean | undefined;
  /** What weights and bias are rounded to when they are loaded. Default: kept as they come. */
  readonly dtype?: FloatDType | undefined;
}

/** `y = x W^T + b` with float weights. It holds no memory until it is given weights, by `setWeights` or `loadStateDict`. */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly backend: Backend;
  /** `[outFeatures, inFeatures]` */
  readonly weight: FloatParameter;
  /** `[outFeatures]` */
  readonly bias: FloatParameter | null;

  /** @throws OctetError `ERR_SHAPE` when the features are not integers of 0 or more; `ERR_UNAVAILABLE` without a backend, `ERR_UNSUPPORTED` for other options */
  constructor(inFeatures: number, outFeatures: number, options: LinearLayerOptions) {
    super();
    validateLayerBackend("Linear", options);
    validateOptions("Linear", options, { backend: "any", bias: "boolean", dtype: "any" });
    const { backend, bias = true, dtype } = options;
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.backend = backend;
    this.weight = new FloatParameter([outFeatures, inFeatures], { backend, dtype });
    this.bias = bias ? new FloatParameter([outFeatures], { backend, dtype }) : null;
  }

  /**
   * Copies the weight `[outFeatures, inFeatures]` and the bias `[outFeatures]`, from the host or from this backend.
   * @throws OctetError `ERR_SHAPE`, also when the bias is missing or one too many; `ERR_DTYPE`, `ERR_FOREIGN_TENSOR`
   */
  async setWeights(weight: TensorSource, bias: TensorSource | null = null): Promise<void> {
    validateSource(weight, "the weight");
    validateBias(this.bias, bias);
    using staging = new Staging();
    staging.add(this.weight, this.weight.fromState([await readTensor(this.backend, weight)]));
    await stageBias(staging, this.bias, bias);
    await staging.settle();
    staging.commit();
  }

  /**
   * x `[..., inFeatures]`, any float dtype; result `[..., outFeatures]` of the same dtype.
   * @throws OctetError `ERR_UNAVAILABLE` before weights are there; `ERR_SHAPE`, `ERR_DTYPE`, `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED`
   */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    // On the layer's backend, so that an x of another is the tensor that is refused.
    return this.backend.run(linearOp, { x, weight: this.weight.tensor, bias: this.bias?.tensor }, {});
  }

  override extraRepr(): string {
    return describeFeatures(this);
  }
}

const brand = new Brand<Linear>("octet.nn.linear");
brand.mark(Linear.prototype);

/** Whether `value` is a Linear, of any copy of this package. */
export function isLinear(value: unknown): value is Linear {
  return brand.marks(value);
}

/** Whether a Linear has the forward of its copy's own class, and not one of a subclass, which may compute something else. */
export function hasOwnForward(linear: Linear): boolean {
  return linear.forward !== brand.markedPrototype(linear).forward;
}

/** Refuses a bias where the layer has none, and the lack of one where it has: neither is dropped or made up in silence. */
export function validateBias(parameter: FloatParameter | null, bias: TensorSource | null): void {
  if (bias !== null) validateSource(bias, "the bias");
  if (parameter === null && bias !== null) {
    throw new OctetError(
      "ERR_SHAPE",
      `got a bias of ${formatShape(bias.shape)}; the layer was made with bias: false: make it with bias: true`,
    );
  }
  if (parameter !== null && bias === null) {
    throw new OctetError(
      "ERR_SHAPE",
      `got no bias; the layer was made with bias: true: pass a bias of ${formatShape(parameter.shape)}`,
    );
  }
}

export async function stageBias(
  staging: Staging,
  parameter: FloatParameter | null,
  bias: TensorSource | null,
): Promise<void> {
  if (parameter === null || bias === null) return;
  staging.add(parameter, parameter.fromState([await readTensor(parameter.backend, bias)]));
}

/** `in_features=4, out_features=3, bias=True`, as PyTorch writes it. */
export function describeFeatures(layer: {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: FloatParameter | null;
}): string {
  const { inFeatures, outFeatures, bias } = layer;
  return `in_features=${inFeatures}, out_features=${outFeatures}, bias=${bias === null ? "False" : "True"}`;
}
