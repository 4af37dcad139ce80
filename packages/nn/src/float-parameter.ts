import {
  type Backend,
  type FloatDType,
  type HostTensor,
  hostTensor,
  narrow,
  normalizeFloatTensor,
  type Tensor,
  type TensorLike,
  validateBackend,
  validateFloatDType,
  validateOptions,
} from "@octet/core";
import { Parameter, validateTensors } from "./parameter.ts";

export interface FloatParameterOptions {
  readonly backend: Backend;
  /** What data is rounded to (nearest even) when it is loaded. Default: kept as it comes. */
  readonly dtype?: FloatDType | undefined;
}

/** A float tensor on a device. */
export class FloatParameter extends Parameter<Tensor<FloatDType>> {
  readonly backend: Backend;
  readonly dtype: FloatDType | undefined;
  readonly suffixes: readonly string[] = [""];

  /** @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`; `ERR_UNAVAILABLE` without a backend, `ERR_UNSUPPORTED` for other options */
  constructor(shape: readonly number[], options: FloatParameterOptions) {
    super(shape);
    validateOptions("FloatParameter", options, { backend: "any", dtype: "any" });
    const { backend, dtype } = options;
    validateBackend(backend);
    if (dtype !== undefined) validateFloatDType(dtype);
    this.backend = backend;
    this.dtype = dtype;
  }

  async toState(): Promise<readonly HostTensor[]> {
    return [await this.backend.download(this.tensor)];
  }

  fromState(tensors: readonly TensorLike[]): Tensor<FloatDType> {
    const [tensor] = validateTensors(tensors);
    const host = normalizeFloatTensor(tensor as TensorLike<FloatDType>, "the tensor");
    this.validateShape(host.shape);
    const { dtype } = this;
    if (dtype === undefined || dtype === host.dtype) return this.backend.upload(host);
    return this.backend.upload(hostTensor(dtype, host.shape, narrow(host.values(), dtype)));
  }
}
