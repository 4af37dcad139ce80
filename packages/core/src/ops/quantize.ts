import type { Op, QuantizedTensor, Tensor } from "../backend/contract.ts";
import { bitRange } from "../numerics/quantization-range.ts";
import { quantizeValues } from "../numerics/quantize-values.ts";
import { widen } from "../numerics/widen.ts";
import type { FloatDType } from "../tensors/dtype.ts";
import { type Granularity, normalizeGranularity, scaleLayout, scaleShape } from "../tensors/granularity.ts";
import type { HostQuantizedTensor, TensorLike } from "../tensors/tensor.ts";
import { applyOp } from "./apply.ts";
import { validateFloatDType } from "./validate-dtype.ts";

export interface QuantizeOptions {
  readonly granularity: Granularity;
  /** 2 to 8; default 8. */
  readonly bits?: number;
}

export interface QuantizeInputs {
  readonly x: Tensor<FloatDType>;
}

/**
 * Symmetric absmax codes and scales. Exact:
 * `scale = fl32(amax / qmax)` (1 where that is 0), `code = clamp(rne(fl32(x / scale)))`, with `qmax = 2^(bits-1) - 1`.
 */
export const quantizeOp: Op<QuantizeInputs, QuantizeOptions, QuantizedTensor> = {
  name: "quantize",
  plan({ x }, { granularity, bits = 8 }) {
    validateFloatDType(x.dtype, "the tensor to quantize");
    bitRange(bits);
    const normalized = normalizeGranularity(granularity, x.shape);
    return {
      params: { granularity: normalized, bits },
      output: { shape: x.shape, granularity: normalized, bits },
    };
  },
  compute({ x }, { granularity, bits }) {
    const { highest, lowest } = bitRange(bits);
    const codes = new Int8Array(x.data.length);
    const scales = quantizeValues(widen(x), scaleLayout(granularity, x.shape), { qmax: highest, lowest }, codes);
    return {
      quantized: { dtype: "int8", shape: x.shape, data: codes },
      scale: { dtype: "float32", shape: scaleShape(granularity, x.shape), data: scales },
      granularity,
      bits,
    };
  },
  finite: () => ["x"],
};

/**
 * Codes and scales of a float tensor, on the device that holds it or on the host.
 * @throws OctetError `ERR_NON_FINITE` for a NaN or infinity, `ERR_SHAPE` for a granularity that does not fit, `ERR_DTYPE`,
 * `ERR_UNSUPPORTED` for other bits
 */
export function quantize(x: Tensor<FloatDType>, options: QuantizeOptions): QuantizedTensor;
export function quantize(x: TensorLike<FloatDType>, options: QuantizeOptions): HostQuantizedTensor;
export function quantize(
  x: Tensor<FloatDType> | TensorLike<FloatDType>,
  options: QuantizeOptions,
): QuantizedTensor | HostQuantizedTensor {
  return applyOp(quantizeOp, { x }, options) as QuantizedTensor | HostQuantizedTensor;
}
