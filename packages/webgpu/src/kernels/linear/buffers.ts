import type { BufferDeclaration } from "../../shader.ts";
import { elementsPerWord } from "../../wgsl/widen.ts";
import type { LinearVariant } from "./variant.ts";

/** The buffers of a linear kernel. `xType` and the types of scales tell floats from bit patterns. */
export function linearBuffers(
  { activations, weights, bias, output }: LinearVariant,
  xType: string,
): BufferDeclaration[] {
  const exact = activations !== "float";
  const quantized = weights === "codes" || weights === "groups";
  const scalesType = exact ? "array<u32>" : "array<f32>";
  const buffers: (BufferDeclaration | false)[] = [
    ["x", "read", xType],
    ["w", "read", quantized ? "array<vec4<u32>>" : "array<u32>"],
    exact && ["x_scales", "read", scalesType],
    quantized && ["w_scales", "read", scalesType],
    bias !== undefined && ["bias", "read", "array<u32>"],
    ["y", "read_write", elementsPerWord[output] === 1 ? "array<u32>" : "array<atomic<u32>>"],
  ];
  return buffers.filter((buffer) => buffer !== false);
}
