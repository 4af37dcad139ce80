import {
  type DType,
  type FloatDType,
  type HostTensor,
  isFloatDType,
  narrow,
  normalizeHostTensor,
  OctetError,
  type TensorLike,
  validateShape,
  widen,
} from "@octet/core";
import { Parameter } from "./parameter.ts";

/**
 * A tensor in the memory of the host, for what a module computes in TypeScript: `weight.tensor.data` is a typed array. Float data is
 * rounded (nearest even) to `dtype` when it is loaded; other dtypes have to match.
 */
export class HostParameter<D extends DType = DType> extends Parameter<HostTensor<D>> {
  readonly backend: null = null;
  readonly dtype: D;
  readonly suffixes: readonly string[] = [""];

  /** @throws OctetError `ERR_SHAPE` */
  constructor(shape: readonly number[], dtype: D) {
    validateShape(shape, "the parameter");
    super(shape);
    this.dtype = dtype;
  }

  async toState(): Promise<readonly HostTensor[]> {
    const { dtype, shape, data } = this.tensor;
    return [{ dtype, shape, data: data.slice() as HostTensor["data"] }];
  }

  fromState([tensor]: readonly TensorLike[]): HostTensor<D> {
    const host = normalizeHostTensor(tensor, "the tensor");
    this.validateShape(host.shape);
    return { dtype: this.dtype, shape: this.shape, data: this.#convert(host) as HostTensor<D>["data"] };
  }

  /** A fresh array in the parameter's dtype. */
  #convert(host: HostTensor): HostTensor["data"] {
    const dtype: DType = this.dtype;
    if (host.dtype === dtype) return host.data.slice();
    if (!isFloatDType(host.dtype) || !isFloatDType(dtype)) {
      throw new OctetError("ERR_DTYPE", `got a tensor of ${host.dtype}; the parameter holds ${dtype}`);
    }
    return narrow(widen(host as HostTensor<FloatDType>), dtype);
  }
}
