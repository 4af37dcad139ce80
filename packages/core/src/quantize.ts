import { allocate, type FloatDType } from "./dtype.ts";
import {
  type Granularity,
  type GranularityOptions,
  granularityKinds,
  granularityOf,
  normalizeGranularity,
  scaleLayout,
  scaleShape,
} from "./granularity.ts";
import type { HostQuantizedTensor } from "./host-quantized-tensor.ts";
import { HostTensor, normalizeFloatTensor, type TensorLike } from "./host-tensor.ts";
import { validateOptions } from "./options.ts";
import { bitRange } from "./quantization-range.ts";
import { quantizeValues } from "./quantize-group.ts";

/** Options of `quantizeSymmetric`: `dim` (the axis that keeps its own scales) or `groupSize`, neither for one scale; 2 to 8 `bits`. */
export interface QuantizeSymmetricOptions extends GranularityOptions {
  /** Default 8. */
  readonly bits?: number;
}

/**
 * Symmetric absmax quantization, exact on every platform:
 * `scale = fl32(amax / qmax)` (1 where that is 0), `code = clamp(rne(fl32(x / scale)))`, with `qmax = 2^(bits-1) - 1`.
 * @throws OctetError `ERR_NON_FINITE` for a NaN or infinity, `ERR_SHAPE` for a `dim` or `groupSize` that does not fit, `ERR_DTYPE`,
 * `ERR_UNSUPPORTED` for other bits and unknown options, `ERR_OUT_OF_MEMORY`.
 */
export function quantizeSymmetric(
  tensor: TensorLike<FloatDType>,
  options: QuantizeSymmetricOptions = {},
): HostQuantizedTensor {
  validateOptions("quantizeSymmetric", options, { bits: "any", ...granularityKinds });
  const { bits = 8, dim, groupSize } = options;
  return quantizeHost(tensor, granularityOf({ dim, groupSize }), bits);
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
  const codes = allocate("int8", x.data.length);
  const scales = quantizeValues(x.values(), scaleLayout(granularity, x.shape), { qmax: highest, lowest }, codes);
  return {
    quantized: new HostTensor("int8", x.shape, codes),
    scale: new HostTensor("float32", scaleShape(granularity, x.shape), scales),
    granularity: normalizeGranularity(granularity, x.shape),
    bits,
  };
}
