import type { NamedShape } from "./format.ts";

/** Modules that vLLM runs as one matrix: their parts are quantized together or not at all. */
const fusedParts: readonly (readonly string[])[] = [
  ["q_proj", "k_proj", "v_proj"],
  ["gate_proj", "up_proj"],
];

/** What keeps a compressed-tensors file from loading in vLLM though it is well-formed, one sentence each. */
export function findLoaderWarnings(layers: readonly NamedShape[], ignore: readonly string[], bits: number): string[] {
  const codesPerWord = 32 / bits;
  const ragged = layers.find(({ shape }) => shape[1] % codesPerWord !== 0);
  const warnings: string[] = [];
  if (ragged !== undefined) {
    warnings.push(
      `${ragged.name} has ${ragged.shape[1]} inFeatures; vLLM loads multiples of ${codesPerWord} only, transformers any number`,
    );
  }
  const left = new Set(ignore);
  for (const { name } of layers) {
    const partner = fusedPartners(name).find((other) => left.has(other));
    if (partner === undefined) continue;
    warnings.push(`${name} is quantized and ${partner} is not; vLLM fuses them, and needs both or neither`);
    break;
  }
  return warnings;
}

function fusedPartners(module: string): string[] {
  const at = module.lastIndexOf(".") + 1;
  const parts = fusedParts.find((names) => names.includes(module.slice(at))) ?? [];
  return parts.map((part) => module.slice(0, at) + part).filter((other) => other !== module);
}
