import { OctetError } from "@octet/core";
import { isJsonObject, type JsonObject, type JsonValue } from "../bytes/json.ts";
import type { QuantizationInfo } from "../open/checkpoint.ts";
import { formats } from "./formats.ts";

/** What a `quantization_config` of quant_method compressed-tensors says about weights. */
export interface ConfiguredScheme {
  /** The widths that its groups have, each once. */
  readonly bits: readonly number[];
  /** The sizes of groups of elements that its groups of layers have, each once. */
  readonly groupSizes: readonly number[];
  readonly activations: QuantizationInfo["activations"];
}

const knownLayouts: readonly JsonValue[] = formats.flatMap(({ layouts }) => layouts);

/**
 * Reads what is understood and refuses everything else, since weights that are misread look like weights.
 * @throws OctetError `ERR_FORMAT`
 */
export function readQuantizationConfig(config: JsonObject): ConfiguredScheme {
  const method = config.quant_method;
  if (method !== "compressed-tensors") refuse(`quant_method is ${show(method)}`, "compressed-tensors");
  for (const key of ["sparsity_config", "transform_config"]) {
    const part = config[key];
    if (isJsonObject(part) && Object.keys(part).length > 0 && part.format !== "dense")
      refuse(`it has a ${key}`, "none");
  }
  const groups = isJsonObject(config.config_groups) ? Object.values(config.config_groups) : [];
  if (groups.length === 0) refuse("config_groups has no group", "one or more");
  const schemes = groups.map((group) => readGroup(group, config.format));
  const activations = new Set(schemes.map((scheme) => scheme.activations));
  return {
    bits: unique(schemes.map((scheme) => scheme.bits)),
    groupSizes: unique(schemes.flatMap((scheme) => scheme.groupSize ?? [])),
    activations: activations.size === 1 ? schemes[0].activations : "other",
  };
}

interface GroupScheme {
  readonly bits: number;
  readonly groupSize: number | undefined;
  readonly activations: QuantizationInfo["activations"];
}

function readGroup(group: JsonValue, globalFormat: JsonValue | undefined): GroupScheme {
  if (!isJsonObject(group)) return refuse(`a config group is ${show(group)}`, "an object");
  const format = group.format ?? globalFormat;
  if (!knownLayouts.includes(format ?? null)) refuse(`format is ${show(format)}`, knownLayouts.join(", "));
  const weights = group.weights;
  if (!isJsonObject(weights)) return refuse(`weights are ${show(weights)}`, "an object");
  expect(weights, "type", ["int"]);
  expect(weights, "symmetric", [true]);
  expect(weights, "dynamic", [false, null, undefined]);
  expect(weights, "strategy", ["tensor", "channel", "group"]);
  // With these two the columns are in their own order; the others permute them.
  expect(weights, "actorder", [null, undefined, false, "weight", "static"]);
  const { num_bits: bits, strategy, group_size: groupSize } = weights;
  if (typeof bits !== "number" || !Number.isInteger(bits) || bits < 2 || bits > 8) {
    return refuse(`num_bits is ${show(bits)}`, "2 to 8");
  }
  if (strategy === "group" && (typeof groupSize !== "number" || !Number.isInteger(groupSize) || groupSize < 1)) {
    return refuse(`group_size is ${show(groupSize)}`, "a whole number above 0");
  }
  return {
    bits,
    groupSize: strategy === "group" ? (groupSize as number) : undefined,
    activations: readActivations(group),
  };
}

function readActivations({
  input_activations: input,
  output_activations: output,
}: JsonObject): GroupScheme["activations"] {
  if (output !== null && output !== undefined) return "other";
  if (input === null || input === undefined) return "float";
  if (!isJsonObject(input)) return "other";
  const { num_bits: bits, type, symmetric, strategy, dynamic } = input;
  const dynamicInt8 = bits === 8 && type === "int" && symmetric === true && strategy === "token" && dynamic === true;
  return dynamicInt8 ? "int8" : "other";
}

function expect(weights: JsonObject, key: string, allowed: readonly (JsonValue | undefined)[]): void {
  if (!allowed.includes(weights[key]))
    refuse(`${key} of weights is ${show(weights[key])}`, allowed.map(show).join(", "));
}

function refuse(got: string, wanted: string): never {
  throw new OctetError(
    "ERR_FORMAT",
    `in quantization_config ${got}; understood is ${wanted}: symmetric int weights in a format of compressed-tensors`,
  );
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)];
}
