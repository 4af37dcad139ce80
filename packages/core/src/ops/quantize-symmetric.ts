import { validateOptions } from "../options.ts";
import type { FloatDType } from "../tensors/dtype.ts";
import { type GranularityOptions, granularityKinds, granularityOf } from "../tensors/granularity.ts";
import type { HostQuantizedTensor } from "../tensors/host-quantized-tensor.ts";
import { normalizeFloatTensor, type TensorLike } from "../tensors/host-tensor.ts";
import { quantize } from "./quantize.ts";

/** Options of `quantizeSymmetric`: `dim` (the axis that keeps its own scales) or `groupSize`, neither for one scale; 2 to 8 `bits`. */
export interface QuantizeSymmetricOptions extends GranularityOptions {
  /** Default 8. */
  readonly bits?: number;
}

/**
 * `quantize` on the host, with the granularity as people name it: symmetric absmax quantization, exact on every platform.
 * @throws OctetError `ERR_NON_FINITE` for a NaN or infinity, `ERR_SHAPE` for a `dim` or `groupSize` that does not fit, `ERR_DTYPE`,
 * `ERR_UNSUPPORTED` for other bits
 */
export function quantizeSymmetric(
  tensor: TensorLike<FloatDType>,
  options: QuantizeSymmetricOptions = {},
): HostQuantizedTensor {
  validateOptions("quantizeSymmetric", options, { bits: "any", ...granularityKinds });
  const { bits = 8, dim, groupSize } = options;
  return quantize(normalizeFloatTensor(tensor, "the tensor to quantize"), {
    granularity: granularityOf({ dim, groupSize }),
    bits,
  });
}

/**
 * int8 codes and one scale per output channel of a weight matrix `[outFeatures, inFeatures]`.
 * @throws OctetError as `quantizeSymmetric` does
 */
export function quantizeWeightPerChannel(weight: TensorLike<FloatDType>): HostQuantizedTensor {
  return quantizeSymmetric(weight, { dim: 0 });
}
