import {
  type DType,
  formatValue,
  type HostTensor,
  hostTensor,
  isDType,
  isFloatDType,
  narrow,
  normalizeHostTensor,
  OctetError,
  type TensorLike,
} from "@octet/core";
import { Parameter, validateTensors } from "./parameter.ts";

/**
 * A tensor in the memory of the host, for what a module computes in TypeScript: `weight.tensor.data` is a typed array. Float data is
 * rounded (nearest even) to `dtype` when it is loaded; other dtypes have to match.
 */
export class HostParameter<D extends DType = DType> extends Parameter<HostTensor<D>> {
  readonly backend: null = null;
  readonly dtype: D;
  readonly suffixes: readonly string[] = [""];

  /** @throws OctetError `ERR_SHAPE`, `ERR_DTYPE` */
  constructor(shape: readonly number[], dtype: D) {
    super(shape);
    if (!isDType(dtype)) {
      throw new OctetError(
        "ERR_DTYPE",
        `got the dtype ${formatValue(dtype)}; use float32, float16, bfloat16, int8, int16, uint16 or int32`,
      );
    }
    this.dtype = dtype;
  }

  async toState(): Promise<readonly HostTensor[]> {
    const { dtype, shape, data } = this.tensor;
    return [hostTensor(dtype, shape, data).copy()];
  }

  fromState(tensors: readonly TensorLike[]): HostTensor<D> {
    const [tensor] = validateTensors(tensors);
    const host = normalizeHostTensor(tensor, "the tensor");
    this.validateShape(host.shape);
    return this.#convert(host) as HostTensor<D>;
  }

  /** A fresh tensor of the parameter's dtype. */
  #convert(host: HostTensor): HostTensor {
    const dtype: DType = this.dtype;
    if (host.dtype === dtype) return host.copy();
    if (!isFloatDType(host.dtype) || !isFloatDType(dtype)) {
      throw new OctetError("ERR_DTYPE", `got a tensor of ${host.dtype}; the parameter holds ${dtype}`);
    }
    return hostTensor(dtype, host.shape, narrow(host.values(), dtype));
  }
}
