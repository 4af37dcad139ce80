import type { Op, RowCodes, Tensor } from "../backend/contract.ts";
import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { quantizeValues } from "../numerics/quantize-values.ts";
import { allocate, type FloatDType, validateFloatDType } from "../tensors/dtype.ts";
import { type RowCodesKind, rowCodesDType, rowCount } from "../tensors/forms.ts";
import { HostTensor, type TensorLike } from "../tensors/host-tensor.ts";
import { type HostRowCodes, rowCodesLimit } from "../tensors/row-codes.ts";
import { formatShape } from "../tensors/shape.ts";
import { applyOp } from "./apply.ts";
import { validateExactFeatures } from "./linear-geometry.ts";

export interface QuantizeRowsOptions {
  readonly activations: RowCodesKind;
}

export interface QuantizeRowsInputs {
  /** `[..., K]` */
  readonly x: Tensor<FloatDType>;
}

/**
 * The first half of an exact linear layer: each row of x as codes and a scale, `scale = fl32(amax / qmax)` (1 where that is 0),
 * `code = clamp(rne(fl32(x / scale)))` with qmax 32639 or 127 and codes from -qmax. Exact.
 */
export const quantizeRowsOp: Op<QuantizeRowsInputs, QuantizeRowsOptions, RowCodes> = {
  name: "quantizeRows",
  params: { activations: "any" },
  plan({ x }, { activations }) {
    validateFloatDType(x.dtype, "the tensor of activations");
    if (!Object.hasOwn(rowCodesLimit, activations)) {
      throw new OctetError("ERR_UNSUPPORTED", `got activations ${formatValue(activations)}; use int16 or int8`);
    }
    const k = x.shape.at(-1);
    if (k === undefined)
      throw new OctetError("ERR_SHAPE", `x has the shape ${formatShape(x.shape)}; rows need an axis`);
    validateExactFeatures(k, activations);
    return { params: { activations }, output: { shape: x.shape, activations } };
  },
  compute({ x }, { activations }) {
    const codes = allocate(rowCodesDType(activations), x.data.length);
    const limit = rowCodesLimit[activations];
    const layout = { outer: 1, channels: rowCount(x.shape), inner: x.shape[x.shape.length - 1] };
    const scales = quantizeValues(x.values(), layout, { qmax: limit, lowest: -limit }, codes);
    return {
      activations,
      codes: new HostTensor(rowCodesDType(activations), x.shape, codes),
      scale: new HostTensor("float32", x.shape.slice(0, -1), scales),
    };
  },
  finite: () => ["x"],
};

/**
 * The rows of x `[..., K]` as codes and a scale each, which `linear` takes in place of x: once for several layers.
 * @throws OctetError `ERR_NON_FINITE`, `ERR_SHAPE`, `ERR_DTYPE`, `ERR_UNSUPPORTED`
 */
export function quantizeRows(x: Tensor<FloatDType>, options: QuantizeRowsOptions): RowCodes;
export function quantizeRows(x: TensorLike<FloatDType>, options: QuantizeRowsOptions): HostRowCodes;
export function quantizeRows(
  x: Tensor<FloatDType> | TensorLike<FloatDType>,
  options: QuantizeRowsOptions,
): RowCodes | HostRowCodes {
  return applyOp(quantizeRowsOp, { x }, options) as RowCodes | HostRowCodes;
}
