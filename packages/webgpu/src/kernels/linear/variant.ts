import type { FloatDType, LinearActivations } from "@octet/core";
import { KernelParams } from "../../params.ts";
import type { Shader } from "../../shader.ts";

/** What decides the text of a linear kernel. */
export interface LinearVariant {
  readonly activations: LinearActivations;
  /** Codes with a scale per row or one for all, codes with a scale per group, or floats. */
  readonly weights: "codes" | "groups" | FloatDType;
  readonly bias: FloatDType | undefined;
  readonly output: FloatDType;
  /** Whether WGSL has dot products of packed bytes here; results are the same without. */
  readonly packedDot: boolean;
}

export function nameLinear({ activations, weights, bias, output, packedDot }: LinearVariant): string {
  return `linear ${activations} x ${weights}${bias ? ` + ${bias}` : ""} to ${output}${packedDot ? "" : " without packed dot"}`;
}

/** The parameters of every linear kernel. Shifts count in units of the array that they go into. */
export const linearParamTypes = {
  m: "u32",
  n: "u32",
  k: "u32",
  quads: "u32", // of a row of x and of codes
  columns: "u32", // from row to row of y
  firstN: "u32",
  mBlocks: "u32",
  xShift: "u32",
  xScalesShift: "u32",
  wShift: "u32",
  wBlock: "u32",
  wScalesShift: "u32",
  wScalesStep: "u32", // scales of a row; 0 if all rows share one
  groupSize: "u32",
  yShift: "u32",
} as const;

export const linearParams: KernelParams<typeof linearParamTypes> = new KernelParams(linearParamTypes);

export type LinearShader = Shader<typeof linearParamTypes>;

/** The lines that a shader with packed dot products starts with. */
export function directives({ activations, packedDot }: LinearVariant): string {
  return activations !== "float" && packedDot ? "requires packed_4x8_integer_dot_product;" : "";
}
