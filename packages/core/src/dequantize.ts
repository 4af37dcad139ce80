import { allocate, type FloatDType, validateFloatDType } from "./dtype.ts";
import { type GranularityOptions, granularityKinds, granularityOf, scaleLayout } from "./granularity.ts";
import { type QuantizedTensorLike, validateHostQuantizedTensor } from "./host-quantized-tensor.ts";
import { HostTensor, type TensorLike } from "./host-tensor.ts";
import { fl32 } from "./numerics.ts";
import { validateOptions } from "./options.ts";
import { narrow } from "./widen.ts";

/** Options of `dequantize`: the granularity that made the codes, and the dtype of the result (default float16). */
export interface DequantizeOptions<D extends FloatDType = FloatDType> extends GranularityOptions {
  readonly dtype?: D;
  /** Those that made the codes, which lie in their range; default 8, which holds all codes. */
  readonly bits?: number;
}

/**
 * `fl32(code * scale)`, rounded once to `dtype` (default float16), in the codes' shape. Past the largest finite value: an infinity.
 *
 * `dim` or `groupSize` must be those that made the codes. Scales of a shape that does not fit them are refused; where two axes have the
 * same extent, nothing can tell that the wrong one was given, whereas `dequantizeHost` takes the granularity from the quantized tensor.
 * @throws OctetError `ERR_FORMAT` when codes or scales are not what `quantizeSymmetric` makes, `ERR_SHAPE`, `ERR_DTYPE`
 */
export function dequantize<D extends FloatDType = "float16">(
  quantized: TensorLike<"int8">,
  scale: TensorLike<"float32">,
  options: DequantizeOptions<D> = {},
): HostTensor<D> {
  validateOptions("dequantize", options, { dtype: "any", bits: "any", ...granularityKinds });
  const { dtype = "float16" as D, bits = 8, dim, groupSize } = options;
  return dequantizeHost({ quantized, scale, granularity: granularityOf({ dim, groupSize }), bits }, dtype);
}

/** `dequantize` of a whole quantized tensor, as backends take it. */
export function dequantizeHost<D extends FloatDType>(tensor: QuantizedTensorLike, dtype: D): HostTensor<D> {
  validateFloatDType(dtype);
  const { quantized, scale, granularity } = validateHostQuantizedTensor(tensor);
  const { outer, channels, inner } = scaleLayout(granularity, quantized.shape);
  const codes = quantized.data;
  const values = allocate("float32", codes.length);
  for (let o = 0, i = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const s = scale.data[c];
      for (const end = i + inner; i < end; i++) values[i] = fl32(codes[i] * s);
    }
  }
  return new HostTensor(dtype, quantized.shape, narrow(values, dtype));
}
