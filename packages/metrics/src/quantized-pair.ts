import {
  equalShapes,
  type FloatDType,
  formatShape,
  type HostQuantizedTensor,
  type HostTensor,
  normalizeFloatTensor,
  OctetError,
  type QuantizedTensorLike,
  type TensorLike,
  validateHostQuantizedTensor,
} from "@octet/core";

/** A tensor and its codes and scales, checked to fit each other. */
export interface QuantizedPair {
  readonly original: HostTensor<FloatDType>;
  readonly tensor: HostQuantizedTensor;
}

/**
 * @throws OctetError `ERR_SHAPE` when the shapes differ, `ERR_DTYPE` when the original is not a float tensor, `ERR_FORMAT` when codes and
 * scales are not valid
 */
export function pairOf(original: TensorLike<FloatDType>, tensor: QuantizedTensorLike): QuantizedPair {
  const pair = {
    original: normalizeFloatTensor(original, "the original"),
    tensor: validateHostQuantizedTensor(tensor),
  };
  const [wanted, got] = [pair.original.shape, pair.tensor.quantized.shape];
  if (!equalShapes(got, wanted)) {
    throw new OctetError(
      "ERR_SHAPE",
      `the codes are ${formatShape(got)}, the original is ${formatShape(wanted)}; compare a tensor with its own codes`,
    );
  }
  return pair;
}
