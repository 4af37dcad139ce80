import { isFloatDType, sizeOf } from "@octet/core";
import { writeRows } from "../generated/kernels.ts";
import type { TensorOperand, WasmState } from "./operand.ts";
import { oneItem, type Plan } from "./plan.ts";
import { memoryOf } from "./slot-memory.ts";

/** The rows of x become those of the positions after the length. */
export function planWriteRows(
  { x, state }: { readonly x: TensorOperand; readonly state: WasmState },
  { slot }: { readonly slot: string },
): Plan {
  const { dtype, shape } = x.form;
  const target = memoryOf(state, slot);
  const checks = isFloatDType(dtype);
  return {
    checks,
    temporaries: [],
    launches: ({ finding }) => [
      writeRows(oneItem, {
        source: x.storage.address,
        size: sizeOf(shape),
        dtype: isFloatDType(dtype) ? dtype : "codes",
        finding,
        ...target,
        count: shape[0],
      }),
    ],
  };
}
