import type { FloatDType, LinearActivations } from "@octet/core";

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
export const linearParams: readonly string[] = [
  "m",
  "n",
  "k",
  "quads", // of a row of x and of codes
  "columns", // from row to row of y
  "first_n",
  "m_blocks",
  "x_shift",
  "x_scales_shift",
  "w_shift",
  "w_block",
  "w_scales_shift",
  "w_scales_step", // scales of a row; 0 if all rows share one
  "group_size",
  "y_shift",
];
