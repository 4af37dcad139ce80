import {
  allocate,
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
  type TypedArrayOf,
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
        `got the dtype ${formatValue(dtype)}; use float32, float16, bfloat16, int8 or int32`,
      );
    }
    this.dtype = dtype;
  }

  async toState(): Promise<readonly HostTensor[]> {
    const { dtype, shape, data } = this.tensor;
    return [hostTensor(dtype, shape, copyOf(dtype, data))];
  }

  fromState(tensors: readonly TensorLike[]): HostTensor<D> {
    const [tensor] = validateTensors(tensors);
    const host = normalizeHostTensor(tensor, "the tensor");
    this.validateShape(host.shape);
    return hostTensor(this.dtype, this.shape, this.#convert(host) as TypedArrayOf[D]);
  }

  /** A fresh array in the parameter's dtype. */
  #convert(host: HostTensor): HostTensor["data"] {
    const dtype: DType = this.dtype;
    if (host.dtype === dtype) return copyOf(dtype, host.data);
    if (!isFloatDType(host.dtype) || !isFloatDType(dtype)) {
      throw new OctetError("ERR_DTYPE", `got a tensor of ${host.dtype}; the parameter holds ${dtype}`);
    }
    return narrow(host.values(), dtype);
  }
}

function copyOf<D extends DType>(dtype: D, data: TypedArrayOf[D]): TypedArrayOf[D] {
  const copy = allocate(dtype, data.length);
  copy.set(data);
  return copy;
}
