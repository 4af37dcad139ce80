import { allocate, type FloatDType, isFloatDType } from "./dtype.ts";
import { OctetError } from "./errors.ts";
import { type GranularityOptions, granularityOf, scaleLayout } from "./granularity.ts";
import { fl32 } from "./numerics.ts";
import { type HostQuantizedTensor, type HostTensor, validateHostQuantizedTensor } from "./tensor.ts";
import { narrow } from "./widen.ts";

/** Options of `dequantize`: the granularity that made the codes, and the dtype of the result (default float16). */
export interface DequantizeOptions<D extends FloatDType = FloatDType> extends GranularityOptions {
  readonly dtype?: D;
}

/**
 * `fl32(code * scale)`, rounded once to `dtype` (default float16), in the codes' shape. Past the largest finite value: an infinity.
 *
 * `dim` or `groupSize` must be those that made the codes. Scales of a shape that does not fit them are refused; where two axes have the
 * same extent, nothing can tell that the wrong one was given, whereas `dequantizeHost` takes the granularity from the quantized tensor.
 * @throws OctetError `ERR_FORMAT` when codes or scales are not what `quantizeSymmetric` makes, `ERR_SHAPE`, `ERR_DTYPE`
 */
export function dequantize<D extends FloatDType = "float16">(
  quantized: HostTensor<"int8">,
  scale: HostTensor<"float32">,
  { dtype = "float16" as D, ...options }: DequantizeOptions<D> = {},
): HostTensor<D> {
  return dequantizeHost({ quantized, scale, granularity: granularityOf(options), bits: 8 }, dtype);
}

/** `dequantize` of a whole quantized tensor, as backends take it. */
export function dequantizeHost<D extends FloatDType>(tensor: HostQuantizedTensor, dtype: D): HostTensor<D> {
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
  return { dtype, shape: quantized.shape, data: narrow(values, dtype) };
}

/** @throws OctetError `ERR_DTYPE` */
export function validateFloatDType(dtype: unknown): void {
  if (isFloatDType(dtype)) return;
  throw new OctetError("ERR_DTYPE", `got the output dtype ${String(dtype)}; use float32, float16 or bfloat16`);
}
