import { type DType, type FloatDType, isFloatDType, validateFloatDType } from "./dtype.ts";
import { OctetError } from "./errors.ts";
import { formatValue } from "./format-value.ts";
import { type Granularity, normalizeGranularity } from "./granularity.ts";
import { type OptionKinds, validateOptions } from "./options.ts";
import type { CodeRange } from "./quantize-group.ts";
import { formatShape, sizeOf, validateShape } from "./shape.ts";

/** How `linear` treats activations: as floats, or quantized per row to integers, which makes the result exact. */
export type LinearActivations = "float" | "int16" | "int8";

export const linearActivations: readonly LinearActivations[] = ["float", "int16", "int8"];

/** The codes of activations per row. int16 stops at 127 * 256 + 127, so that each code splits into two signed bytes. */
export const activationRange: Readonly<Record<"int16" | "int8", CodeRange>> = {
  int16: { qmax: 32639, lowest: -32639 },
  int8: { qmax: 127, lowest: -127 },
};

/** The most input features of the exact modes: with more, a sum of int8 products could pass 2^31. */
export const maxExactInFeatures = 131071;

/** What is known of a weight before any of its data is read. `dtype` for float weights, `granularity` and `bits` for quantized ones. */
export type WeightDescription = { readonly shape: readonly number[] } & (
  | { readonly dtype: DType }
  | { readonly granularity: Granularity; readonly bits: number }
);

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

interface TensorDescription {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface LinearGeometryOptions {
  readonly bias?: TensorDescription | null | undefined;
  readonly activations?: LinearActivations | undefined;
  readonly dtype?: FloatDType | undefined;
}

/** The options of `linear`, on the host and on every backend. */
export const linearOptionKinds: OptionKinds<LinearGeometryOptions> = {
  bias: "any",
  activations: "any",
  dtype: "any",
};

/**
 * Checks the arguments of `linear` by their shapes and dtypes alone.
 * @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, and `ERR_UNSUPPORTED` for combinations outside the numeric contract.
 */
export function linearGeometry(
  x: TensorDescription,
  weight: WeightDescription,
  options: LinearGeometryOptions = {},
): LinearGeometry {
  validateOptions("linear", options, linearOptionKinds);
  const { bias, activations = "float" } = options;
  validateDescription(x, "the tensor of activations");
  validateDescription(weight, "the weight");
  if (bias != null) validateDescription(bias, "the bias");
  if (!linearActivations.includes(activations)) {
    throw new OctetError("ERR_UNSUPPORTED", `got activations ${formatValue(activations)}; use float, int16 or int8`);
  }
  if (!isFloatDType(x.dtype)) {
    throw new OctetError("ERR_DTYPE", `activations are ${formatDType(x.dtype)}; use float32, float16 or bfloat16`);
  }
  const dtype = options.dtype ?? x.dtype;
  validateFloatDType(dtype);
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
  if (activations !== "float" && k > maxExactInFeatures) {
    throw new OctetError(
      "ERR_SHAPE",
      `the weight has ${k} input features; ${activations} activations allow ${maxExactInFeatures}, float ones any number`,
    );
  }
  if (bias != null && !isFloatDType(bias.dtype)) {
    throw new OctetError("ERR_DTYPE", `the bias is ${formatDType(bias.dtype)}; use float32, float16 or bfloat16`);
  }
  if (bias != null && (bias.shape.length !== 1 || bias.shape[0] !== n)) {
    throw new OctetError("ERR_SHAPE", `the bias is ${formatShape(bias.shape)}; with ${n} output features use [${n}]`);
  }
  const rows = x.shape.slice(0, -1);
  return { m: sizeOf(rows), n, k, outputShape: Object.freeze([...rows, n]), activations, dtype };
}

function validateDescription(tensor: { readonly shape: readonly number[] }, what: string): void {
  if (typeof tensor !== "object" || tensor === null) {
    throw new OctetError("ERR_DTYPE", `${what} is ${formatValue(tensor)}; pass a tensor`);
  }
  validateShape(tensor.shape, what);
}

/** The dtype as it is; quantized tensors have none. */
function formatDType(dtype: DType | undefined): string {
  return dtype === undefined ? "quantized" : String(dtype);
}

function validateWeightKind(weight: WeightDescription, activations: LinearActivations): void {
  if ("dtype" in weight) {
    if (!isFloatDType(weight.dtype)) {
      throw new OctetError(
        "ERR_DTYPE",
        `the weight is ${formatDType(weight.dtype)}; use a float dtype or a quantized tensor`,
      );
    }
    if (activations !== "float") {
      throw new OctetError(
        "ERR_UNSUPPORTED",
        `the weight is ${weight.dtype} and activations are ${activations}; float weights take float activations: quantize the weight first`,
      );
    }
    return;
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
