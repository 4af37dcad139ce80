import {
  type Backend,
  type FloatDType,
  type HostTensor,
  narrow,
  normalizeFloatTensor,
  type Tensor,
  type TensorLike,
  validateShape,
  widen,
} from "@octet/core";
import { Parameter } from "./parameter.ts";

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

  /** @throws OctetError `ERR_SHAPE` */
  constructor(shape: readonly number[], { backend, dtype }: FloatParameterOptions) {
    validateShape(shape, "the parameter");
    super(shape);
    this.backend = backend;
    this.dtype = dtype;
  }

  async toState(): Promise<readonly HostTensor[]> {
    return [await this.backend.download(this.tensor)];
  }

  fromState([tensor]: readonly TensorLike[]): Tensor<FloatDType> {
    const host = normalizeFloatTensor(tensor as TensorLike<FloatDType>, "the tensor");
    this.validateShape(host.shape);
    const { dtype } = this;
    if (dtype === undefined || dtype === host.dtype) return this.backend.upload(host);
    return this.backend.upload({ dtype, shape: host.shape, data: narrow(widen(host), dtype) });
  }
}
