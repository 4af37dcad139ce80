import { activationKinds } from "./activation.ts";
import type { OpSpec } from "./backend.ts";
import { isFloatDType } from "./dtype.ts";
import { OctetError } from "./errors.ts";
import { formatValue } from "./format-value.ts";
import type { Granularity } from "./granularity.ts";
import { linearActivations } from "./linear-geometry.ts";
import { type OptionKinds, validateKinds, validateOptions } from "./options.ts";
import { isBits } from "./quantization-range.ts";

type SpecOf<Op extends OpSpec["op"]> = Extract<OpSpec, { op: Op }>;

/**
 * Whether the numeric contract says what this op computes. What it does not define throws `ERR_UNSUPPORTED` on every backend, so
 * that `supports` starts here: the reference adds nothing, another backend what it lacks. An op that is not known yet is not defined.
 * @throws OctetError `ERR_UNSUPPORTED` for what is not a specification: a field that is missing, misspelled or of another type
 */
export function isDefinedOp(spec: OpSpec): boolean {
  if (!isSpec(spec)) return false;
  if (!isFloatDType(spec.dtype)) return false;
  switch (spec.op) {
    case "quantize":
    case "dequantize":
      return isBits(spec.bits) && isGranularity(spec.granularity);
    case "activation":
      return activationKinds.includes(spec.kind);
    case "linear":
      return isDefinedLinear(spec);
  }
}

function isDefinedLinear({ outputDType, activations, weight, bias }: SpecOf<"linear">): boolean {
  if (!isFloatDType(outputDType) || !linearActivations.includes(activations)) return false;
  if (bias !== undefined && !isFloatDType(bias)) return false;
  if ("dtype" in weight) return isFloatDType(weight.dtype) && activations === "float";
  if (!isBits(weight.bits)) return false;
  switch (weight.granularity.kind) {
    case "tensor":
      return true;
    case "channel": // -2 is 0 counted from the end of [outFeatures, inFeatures]
      return weight.granularity.dim === 0 || weight.granularity.dim === -2;
    case "group":
      return activations === "float";
    default:
      return false;
  }
}

function isGranularity({ kind }: Granularity): boolean {
  return kind === "tensor" || kind === "channel" || kind === "group";
}

/** Whether `spec` is of an op that is known, with all its fields. */
function isSpec(spec: OpSpec): boolean {
  if (typeof spec?.op !== "string") {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got ${formatValue(spec)}; pass an op with its parameters: { op, dtype, ... }`,
    );
  }
  if (!Object.hasOwn(fieldsOf, spec.op)) return false;
  const owner = `the op "${spec.op}"`;
  validateOptions(owner, spec, fieldsOf[spec.op] as OptionKinds<OpSpec>);
  validateComplete(owner, spec, fieldsOf[spec.op]);
  if (spec.op === "linear") {
    // A tensor may be given as what describes it, so the weight may have more fields.
    const fields: OptionKinds<WeightFields> = "dtype" in spec.weight ? floatWeightFields : codeFields;
    validateKinds("the weight of a linear", spec.weight as WeightFields, fields);
    validateComplete("the weight of a linear", spec.weight, fields);
  }
  return true;
}

function validateComplete(owner: string, fields: object, kinds: object): void {
  const names = Object.keys(kinds).filter((name) => name !== "bias");
  const missing = names.filter((name) => (fields as Readonly<Record<string, unknown>>)[name] === undefined);
  if (missing.length === 0) return;
  throw new OctetError("ERR_UNSUPPORTED", `${owner} lacks ${missing.join(", ")}; it has ${names.join(", ")}`);
}

const quantizeFields = { op: "string", dtype: "string", granularity: "object", bits: "number" } as const;

const fieldsOf: { readonly [Op in OpSpec["op"]]: OptionKinds<SpecOf<Op>> } = {
  quantize: quantizeFields,
  dequantize: quantizeFields,
  activation: { op: "string", dtype: "string", kind: "string" },
  linear: {
    op: "string",
    dtype: "string",
    outputDType: "string",
    activations: "string",
    weight: "object",
    bias: "string",
  },
};

type WeightFields = { readonly [name: string]: unknown };
const floatWeightFields = { dtype: "string" } as const;
const codeFields = { granularity: "object", bits: "number" } as const;
