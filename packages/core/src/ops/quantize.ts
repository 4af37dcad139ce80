import type { Op, QuantizedTensor, Tensor } from "../backend/contract.ts";
import { bitRange } from "../numerics/quantization-range.ts";
import { quantizeValues } from "../numerics/quantize-values.ts";
import { allocate, type FloatDType, validateFloatDType } from "../tensors/dtype.ts";
import { type Granularity, normalizeGranularity, scaleLayout, scaleShape } from "../tensors/granularity.ts";
import type { HostQuantizedTensor } from "../tensors/host-quantized-tensor.ts";
import { HostTensor, type TensorLike } from "../tensors/host-tensor.ts";
import { applyOp } from "./apply.ts";

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
  params: { granularity: "any", bits: "any" },
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
    const codes = allocate("int8", x.data.length);
    const scales = quantizeValues(x.values(), scaleLayout(granularity, x.shape), { qmax: highest, lowest }, codes);
    return {
      quantized: new HostTensor("int8", x.shape, codes),
      scale: new HostTensor("float32", scaleShape(granularity, x.shape), scales),
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
