import type { Fault } from "../../faults.ts";

/** The modes of linear that quantize activations, and whose results are exact. */
export type ExactMode = "int16" | "int8";

/** `faults` where the mode is this one; what else catches is the same in both. */
export function onlyIn(mode: ExactMode, activations: ExactMode, ...faults: readonly Fault[]): readonly Fault[] {
  return mode === activations ? faults : [];
}
