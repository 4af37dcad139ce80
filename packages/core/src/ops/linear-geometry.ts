import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { type FloatDType, validateFloatDType } from "../tensors/dtype.ts";
import {
  isQuantizedForm,
  isRowCodesForm,
  type QuantizedForm,
  type RowCodesForm,
  rowCount,
  type TensorForm,
} from "../tensors/forms.ts";
import { normalizeGranularity } from "../tensors/granularity.ts";
import { formatShape } from "../tensors/shape.ts";

/** How `linear` treats activations: as floats, or quantized per row to integers, which makes the result exact. */
export type LinearActivations = "float" | "int16" | "int8";

export const linearActivations: readonly LinearActivations[] = ["float", "int16", "int8"];

/** The most input features of the exact modes: with more, a sum of int8 products could pass 2^31. */
export const maxExactInFeatures = 131071;

/** The arguments of a linear op, checked: `[m, k]` times `[n, k]` transposed gives `[m, n]`. */
export interface LinearGeometry {
  /** Rows of x: the product of all its extents but the last. */
  readonly m: number;
  /** outFeatures */
  readonly n: number;
  /** inFeatures */
  readonly k: number;
  readonly outputShape: readonly number[];
  readonly activations: LinearActivations;
  /** The dtype of the result. */
  readonly dtype: FloatDType;
}

/** The parameters of a linear op. */
export interface LinearParams {
  /** Default "float", or those of x where x is codes. */
  readonly activations?: LinearActivations;
  /** Of the result; default: that of x, float32 where x is codes. */
  readonly dtype?: FloatDType;
}

/**
 * Checks the arguments of `linear` by their forms alone.
 * @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, and `ERR_UNSUPPORTED` for combinations outside the numeric contract.
 */
export function linearGeometry(
  x: TensorForm | RowCodesForm,
  weight: TensorForm | QuantizedForm,
  bias: TensorForm | null | undefined,
  params: LinearParams,
): LinearGeometry {
  const { activations, dtype } = resultOf(x, params);
  if (weight.shape.length !== 2) {
    throw new OctetError("ERR_SHAPE", `the weight is ${formatShape(weight.shape)}; use [outFeatures, inFeatures]`);
  }
  validateWeightKind(weight, activations);
  const [n, k] = weight.shape;
  if (x.shape.at(-1) !== k) {
    throw new OctetError(
      "ERR_SHAPE",
      `activations are ${formatShape(x.shape)}; with a weight of ${formatShape(weight.shape)} their last axis is ${k}`,
    );
  }
  validateExactFeatures(k, activations);
  if (bias != null) {
    validateFloatDType(bias.dtype, "the bias");
    if (bias.shape.length !== 1 || bias.shape[0] !== n) {
      throw new OctetError("ERR_SHAPE", `the bias is ${formatShape(bias.shape)}; with ${n} output features use [${n}]`);
    }
  }
  return { m: rowCount(x.shape), n, k, outputShape: [...x.shape.slice(0, -1), n], activations, dtype };
}

/** The exact modes sum integers that must not pass 2^31. @throws OctetError `ERR_SHAPE` */
export function validateExactFeatures(k: number, activations: LinearActivations): void {
  if (activations === "float" || k <= maxExactInFeatures) return;
  throw new OctetError(
    "ERR_SHAPE",
    `there are ${k} input features; ${activations} activations allow ${maxExactInFeatures}, float ones any number`,
  );
}

function resultOf(x: TensorForm | RowCodesForm, params: LinearParams): Required<LinearParams> {
  const made = isRowCodesForm(x) ? x.activations : undefined;
  const { activations = made ?? "float" } = params;
  if (!linearActivations.includes(activations)) {
    throw new OctetError("ERR_UNSUPPORTED", `got activations ${formatValue(activations)}; use float, int16 or int8`);
  }
  if (made !== undefined && activations !== made) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `x holds ${made} codes and activations are ${activations}; leave activations out`,
    );
  }
  if (isRowCodesForm(x)) {
    const { dtype = "float32" } = params;
    validateFloatDType(dtype, "the result");
    return { activations, dtype };
  }
  validateFloatDType(x.dtype, "the tensor of activations");
  const { dtype = x.dtype } = params;
  validateFloatDType(dtype, "the result");
  return { activations, dtype };
}

function validateWeightKind(weight: TensorForm | QuantizedForm, activations: LinearActivations): void {
  if (!isQuantizedForm(weight)) {
    validateFloatDType(weight.dtype, "the weight");
    if (activations === "float") return;
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the weight is ${weight.dtype} and activations are ${activations}; float weights take float activations: quantize the weight first`,
    );
  }
  const granularity = normalizeGranularity(weight.granularity, weight.shape);
  if (granularity.kind === "channel" && granularity.dim !== 0) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the weight keeps its scales on dim ${granularity.dim}; linear takes dim 0`,
    );
  }
  if (granularity.kind === "group" && activations !== "float") {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the weight is quantized in groups and activations are ${activations}; groups take float activations`,
    );
  }
}
