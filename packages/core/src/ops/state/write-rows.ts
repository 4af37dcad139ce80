import type { Op, State, Tensor } from "../../backend/contract.ts";
import { OctetError } from "../../errors.ts";
import { nonFiniteError } from "../../numerics/quantize-values.ts";
import { isFloatDType } from "../../tensors/dtype.ts";
import { slotIndex } from "../../tensors/forms.ts";
import { equalShapes, formatShape, sizeOf } from "../../tensors/shape.ts";
import { rowAt } from "../../tensors/state.ts";
import { runOnState } from "./run-on-state.ts";
import { validateAhead } from "./validate-ahead.ts";

export interface WriteRowsInputs {
  /** `[T, ...row]`, of the slot's dtype. */
  readonly x: Tensor;
  readonly state: State;
}

export interface WriteRowsParams {
  readonly slot: string;
}

/**
 * Writes x as the rows of the T positions after the state's length. They count once `advance` has been called: so all slots of a
 * position, written by several ops, come to count together or not at all. A row of floats must be finite.
 */
export const writeRowsOp: Op<WriteRowsInputs, WriteRowsParams, void> = {
  name: "writeRows",
  params: { slot: "string" },
  changes: ["state"],
  plan({ x, state }, { slot }) {
    const { dtype, shape } = state.slots[slotIndex(state, slot)];
    const [count] = x.shape;
    if (x.dtype !== dtype) {
      throw new OctetError("ERR_DTYPE", `x is ${x.dtype}; the rows of slot ${slot} are ${dtype}`);
    }
    if (count === undefined || !equalShapes(x.shape.slice(1), shape)) {
      const wanted = formatShape(["T", ...shape] as never);
      throw new OctetError("ERR_SHAPE", `x is ${formatShape(x.shape)}; rows of slot ${slot} are ${wanted}`);
    }
    validateAhead(state, count);
    return { params: { slot }, output: undefined, ahead: count };
  },
  compute({ x, state }, { slot }) {
    if (isFloatDType(x.dtype)) validateFinite(x.values());
    const index = slotIndex(state, slot);
    const size = sizeOf(state.slots[index].shape);
    for (let row = 0; row < x.shape[0]; row++) {
      const target = rowAt(state.rows[index], state.slots[index], state.length.data[0] + row);
      target.set(x.data.subarray(row * size, (row + 1) * size));
    }
  },
  finite: () => ["x"],
};

function validateFinite(values: Float32Array): void {
  if (!values.every(Number.isFinite)) throw nonFiniteError(values);
}

/** @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` where the state has no room, `ERR_NON_FINITE` */
export function writeRows(state: State, slot: string, x: Tensor): void {
  runOnState(writeRowsOp, { x, state }, { slot });
}
