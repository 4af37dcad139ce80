import type { FloatDType } from "./dtype.ts";
import {
  type Granularity,
  type GranularityOptions,
  granularityOf,
  normalizeGranularity,
  scaleLayout,
  scaleShape,
} from "./granularity.ts";
import { bitRange } from "./quantization-range.ts";
import { quantizeValues } from "./quantize-group.ts";
import { type HostQuantizedTensor, normalizeFloatTensor, type TensorLike } from "./tensor.ts";
import { widen } from "./widen.ts";

/** Options of `quantizeSymmetric`: `dim` (the axis that keeps its own scales) or `groupSize`, neither for one scale; 2 to 8 `bits`. */
export interface QuantizeSymmetricOptions extends GranularityOptions {
  /** Default 8. */
  readonly bits?: number;
}

/**
 * Symmetric absmax quantization, exact on every platform:
 * `scale = fl32(amax / qmax)` (1 where that is 0), `code = clamp(rne(fl32(x / scale)))`, with `qmax = 2^(bits-1) - 1`.
 * @throws OctetError `ERR_NON_FINITE` for a NaN or infinity, `ERR_SHAPE` for a `dim` or `groupSize` that does not fit, `ERR_DTYPE`,
 * `ERR_UNSUPPORTED` for other bits.
 */
export function quantizeSymmetric(
  tensor: TensorLike<FloatDType>,
  { bits = 8, ...options }: QuantizeSymmetricOptions = {},
): HostQuantizedTensor {
  return quantizeHost(tensor, granularityOf(options), bits);
}

/**
 * int8 codes and one scale per output channel of a weight matrix `[outFeatures, inFeatures]`.
 * @throws OctetError as `quantizeSymmetric` does
 */
export function quantizeWeightPerChannel(weight: TensorLike<FloatDType>): HostQuantizedTensor {
  return quantizeSymmetric(weight, { dim: 0 });
}

/** `quantizeSymmetric` with the granularity as a value, as backends take it. */
export function quantizeHost(
  tensor: TensorLike<FloatDType>,
  granularity: Granularity,
  bits: number,
): HostQuantizedTensor {
  const { highest, lowest } = bitRange(bits);
  const x = normalizeFloatTensor(tensor, "the tensor to quantize");
  const codes = new Int8Array(x.data.length);
  const scales = quantizeValues(widen(x), scaleLayout(granularity, x.shape), { qmax: highest, lowest }, codes);
  return {
    quantized: { dtype: "int8", shape: x.shape, data: codes },
    scale: { dtype: "float32", shape: scaleShape(granularity, x.shape), data: scales },
    granularity: normalizeGranularity(granularity, x.shape),
    bits,
  };
}
