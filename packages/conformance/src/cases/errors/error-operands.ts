import {
  type AnyHandle,
  type Backend,
  type FloatDType,
  type HostQuantizedTensor,
  maxExactInFeatures,
  type QuantizedTensor,
  sizeOf,
  type Tensor,
} from "@octet/core";
import { codesTensor } from "../../data/data.ts";

/** Operands that fit each other, and operands that do not. */
export interface ErrorOperands {
  /** `[3, 8]` */
  readonly x: Tensor<FloatDType>;
  /** `[5, 8]`, scales per output channel, on dim 1, in groups of 4, and as floats. */
  readonly weight: QuantizedTensor;
  readonly columnWeight: QuantizedTensor;
  readonly groupWeight: QuantizedTensor;
  readonly floatWeight: Tensor<FloatDType>;
  /** `[5]`; longBias `[6]`, rowBias `[1, 5]`. */
  readonly bias: Tensor<FloatDType>;
  readonly longBias: Tensor<FloatDType>;
  readonly rowBias: Tensor<FloatDType>;
  /** `[3, 7]`, `[]`, `[2, 5, 8]` */
  readonly narrow: Tensor<FloatDType>;
  readonly scalar: Tensor<FloatDType>;
  readonly cube: Tensor<FloatDType>;
  /** `[5, 8]`, `[5]` */
  readonly int8: Tensor<"int8">;
  readonly int32: Tensor<"int32">;
  /** One feature more than the exact modes allow: `[1, 131072]` each. */
  readonly longRow: Tensor<FloatDType>;
  readonly longWeight: QuantizedTensor;
}

export function uploadOperands(backend: Backend, keep: <Kept extends AnyHandle>(tensor: Kept) => Kept): ErrorOperands {
  const ones = (shape: readonly number[]): Tensor<FloatDType> =>
    keep(backend.upload({ dtype: "float32", shape, data: new Float32Array(sizeOf(shape)).fill(1) }));
  const codes = (shape: readonly number[], granularity: HostQuantizedTensor["granularity"]): QuantizedTensor =>
    keep(backend.upload(codesTensor(shape, granularity, 8, new Int8Array(sizeOf(shape)).fill(1), () => 1)));
  return {
    x: ones([3, 8]),
    weight: codes([5, 8], { kind: "channel", dim: 0 }),
    columnWeight: codes([5, 8], { kind: "channel", dim: 1 }),
    groupWeight: codes([5, 8], { kind: "group", size: 4 }),
    floatWeight: ones([5, 8]),
    bias: ones([5]),
    longBias: ones([6]),
    rowBias: ones([1, 5]),
    narrow: ones([3, 7]),
    scalar: ones([]),
    cube: ones([2, 5, 8]),
    int8: keep(backend.upload({ dtype: "int8", shape: [5, 8], data: new Int8Array(40) })),
    int32: keep(backend.upload({ dtype: "int32", shape: [5], data: new Int32Array(5) })),
    longRow: ones([1, maxExactInFeatures + 1]),
    longWeight: codes([1, maxExactInFeatures + 1], { kind: "channel", dim: 0 }),
  };
}
