import type { Op, QuantizedTensor, Tensor } from "../backend/contract.ts";
import { OctetError } from "../errors.ts";
import { fl32 } from "../numerics/numerics.ts";
import { narrow } from "../numerics/widen.ts";
import { validateOptions } from "../options.ts";
import { allocate, type FloatDType, validateFloatDType } from "../tensors/dtype.ts";
import { isQuantizedForm } from "../tensors/forms.ts";
import { type GranularityOptions, granularityKinds, granularityOf, scaleLayout } from "../tensors/granularity.ts";
import { isHostQuantizedTensor, type QuantizedTensorLike } from "../tensors/host-quantized-tensor.ts";
import { HostTensor, type TensorLike } from "../tensors/host-tensor.ts";
import { applyOp } from "./apply.ts";

/** Of the result. */
export interface DequantizeParams<D extends FloatDType = FloatDType> {
  /** Default float16. */
  readonly dtype?: D;
}

/** For codes and scales apart: the granularity that made them, and the dtype of the result. */
export interface DequantizeOptions<D extends FloatDType = FloatDType> extends GranularityOptions, DequantizeParams<D> {
  /** Those that made the codes, which lie in their range; default 8, which holds all codes. */
  readonly bits?: number;
}

export interface DequantizeInputs {
  readonly tensor: QuantizedTensor;
}

/** `fl32(code * scale)`, rounded once to `dtype`, in the codes' shape. Exact. Past the largest finite value: an infinity. */
export const dequantizeOp: Op<DequantizeInputs, DequantizeParams, Tensor<FloatDType>> = {
  name: "dequantize",
  params: { dtype: "any" },
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
    return new HostTensor(dtype, quantized.shape, narrow(values, dtype));
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
  tensor: QuantizedTensorLike,
  params?: DequantizeParams<D>,
): HostTensor<D>;
export function dequantize<D extends FloatDType = "float16">(
  quantized: TensorLike<"int8">,
  scale: TensorLike<"float32">,
  options?: DequantizeOptions<D>,
): HostTensor<D>;
export function dequantize(
  first: QuantizedTensor | QuantizedTensorLike | TensorLike<"int8">,
  second?: DequantizeParams | TensorLike<"float32">,
  options: DequantizeOptions = {},
): unknown {
  if (isWhole(first) && !isScale(second))
    return applyOp(dequantizeOp, { tensor: first }, second === undefined ? {} : second);
  validateOptions("dequantize", options, { dtype: "any", bits: "any", ...granularityKinds });
  const { dtype, bits = 8, dim, groupSize } = options;
  const tensor = { quantized: first, scale: second, granularity: granularityOf({ dim, groupSize }), bits };
  return applyOp(dequantizeOp, { tensor }, dtype === undefined ? {} : { dtype });
}

/** Whether a tensor holds codes and scales, on a device or on the host. */
function isWhole(value: unknown): value is QuantizedTensor | QuantizedTensorLike {
  return isHostQuantizedTensor(value) || (typeof value === "object" && value !== null && "backend" in value);
}

/** Tells scales from parameters: scales have data. */
function isScale(value: unknown): value is TensorLike<"float32"> {
  return typeof value === "object" && value !== null && "data" in value;
}
