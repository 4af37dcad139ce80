import type { Op, QuantizedTensor, Tensor } from "../backend/contract.ts";
import { OctetError } from "../errors.ts";
import { fl32 } from "../numerics/numerics.ts";
import { narrow } from "../numerics/widen.ts";
import { allocate, type FloatDType } from "../tensors/dtype.ts";
import { isQuantizedForm } from "../tensors/forms.ts";
import { type GranularityOptions, granularityOf, scaleLayout } from "../tensors/granularity.ts";
import type { HostQuantizedTensor, HostTensor } from "../tensors/tensor.ts";
import { applyOp } from "./apply.ts";
import { validateFloatDType } from "./validate-dtype.ts";

/** Of the result. */
export interface DequantizeParams<D extends FloatDType = FloatDType> {
  /** Default float16. */
  readonly dtype?: D;
}

/** For codes and scales apart: the granularity that made them, and the dtype of the result. */
export interface DequantizeOptions<D extends FloatDType = FloatDType> extends GranularityOptions, DequantizeParams<D> {}

export interface DequantizeInputs {
  readonly tensor: QuantizedTensor;
}

/** `fl32(code * scale)`, rounded once to `dtype`, in the codes' shape. Exact. Past the largest finite value: an infinity. */
export const dequantizeOp: Op<DequantizeInputs, DequantizeParams, Tensor<FloatDType>> = {
  name: "dequantize",
  plan({ tensor }, { dtype = "float16" }) {
    if (!isQuantizedForm(tensor)) {
      const got = String((tensor as { dtype?: unknown }).dtype ?? "not quantized");
      throw new OctetError(
        "ERR_DTYPE",
        `the tensor to dequantize is ${got}; pass codes and scales, as quantize makes them`,
      );
    }
    validateFloatDType(dtype, "the result of dequantize");
    return { params: { dtype }, output: { dtype, shape: tensor.shape } };
  },
  compute({ tensor: { quantized, scale, granularity } }, { dtype }) {
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
  },
};

/**
 * The values of codes and scales: of a quantized tensor, on the device that holds it or on the host, or of codes and scales apart.
 *
 * For codes and scales apart, `dim` or `groupSize` must be those that made the codes. Scales of a shape that does not fit them are
 * refused; where two axes have the same extent, nothing can tell that the wrong one was given.
 * @throws OctetError `ERR_FORMAT` when codes or scales are not what quantize makes, `ERR_SHAPE`, `ERR_DTYPE`
 */
export function dequantize(tensor: QuantizedTensor, params?: DequantizeParams): Tensor<FloatDType>;
export function dequantize<D extends FloatDType = "float16">(
  tensor: HostQuantizedTensor,
  params?: DequantizeParams<D>,
): HostTensor<D>;
export function dequantize<D extends FloatDType = "float16">(
  quantized: HostTensor<"int8">,
  scale: HostTensor<"float32">,
  options?: DequantizeOptions<D>,
): HostTensor<D>;
export function dequantize(
  first: QuantizedTensor | HostQuantizedTensor | HostTensor<"int8">,
  second?: DequantizeParams | HostTensor<"float32">,
  options: DequantizeOptions = {},
): unknown {
  if (!isHostScale(second)) return applyOp(dequantizeOp, { tensor: first }, second ?? {});
  const { dtype, ...granularity } = options;
  const tensor = { quantized: first, scale: second, granularity: granularityOf(granularity), bits: 8 };
  return applyOp(dequantizeOp, { tensor }, dtype === undefined ? {} : { dtype });
}

/** Tells scales from parameters: scales have data. */
function isHostScale(value: DequantizeParams | HostTensor<"float32"> | undefined): value is HostTensor<"float32"> {
  return typeof value === "object" && value !== null && "data" in value;
}
