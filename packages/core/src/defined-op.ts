import { activationKinds } from "./activation.ts";
import type { OpSpec } from "./backend.ts";
import { isFloatDType } from "./dtype.ts";
import type { Granularity } from "./granularity.ts";
import { linearActivations } from "./linear-geometry.ts";
import { isBits } from "./quantization-range.ts";

type LinearSpec = Extract<OpSpec, { op: "linear" }>;

/**
 * Whether the numeric contract says what this op computes. What it does not define throws `ERR_UNSUPPORTED` on every backend, so
 * that `supports` starts here: the reference adds nothing, another backend what it lacks.
 */
export function isDefinedOp(spec: OpSpec): boolean {
  if (!isFloatDType(spec.dtype)) return false;
  switch (spec.op) {
    case "quantize":
    case "dequantize":
      return isBits(spec.bits) && isGranularity(spec.granularity);
    case "activation":
      return activationKinds.includes(spec.kind);
    case "linear":
      return isDefinedLinear(spec);
    default:
      return false;
  }
}

function isDefinedLinear({ outputDType, activations, weight, bias }: LinearSpec): boolean {
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
