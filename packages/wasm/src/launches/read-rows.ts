import { readRows } from "../generated/kernels.ts";
import type { TensorOperand, WasmState } from "./operand.ts";
import { grainOf, type Plan, planOf } from "./plan.ts";
import { memoryOf } from "./slot-memory.ts";

/** The rows of the last positions. */
export function planReadRows(
  { state }: { readonly state: WasmState },
  { slot, count }: { readonly slot: string; readonly count: number },
  output: TensorOperand,
): Plan {
  const source = memoryOf(state, slot);
  const range = { items: count, grain: grainOf(source.rowBytes) };
  return planOf(readRows(range, { ...source, output: output.storage.address, count }));
}
