import { advance, positions, setLength } from "../generated/kernels.ts";
import type { TensorOperand, WasmState } from "./operand.ts";
import { oneItem, type Plan, planOf } from "./plan.ts";

interface StateInput {
  readonly state: WasmState;
}

/** Adds positions. */
export function planAdvance({ state }: StateInput, { count }: { readonly count: number }): Plan {
  return planOf(advance(oneItem, { length: state.length.address, count }));
}

/** The positions after the length. */
export function planPositions(
  { state }: StateInput,
  { count }: { readonly count: number },
  output: TensorOperand,
): Plan {
  return planOf(positions(oneItem, { length: state.length.address, output: output.storage.address, count }));
}

/** Sets how many positions there are. */
export function planSetLength({ state }: StateInput, { length: value }: { readonly length: number }): Plan {
  return planOf(setLength(oneItem, { length: state.length.address, value }));
}
