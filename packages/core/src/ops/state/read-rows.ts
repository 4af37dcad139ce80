import type { Op, State, Tensor } from "../../backend/contract.ts";
import { OctetError } from "../../errors.ts";
import { formatValue } from "../../format-value.ts";
import { allocate } from "../../tensors/dtype.ts";
import { slotIndex } from "../../tensors/forms.ts";
import { HostTensor } from "../../tensors/host-tensor.ts";
import { sizeOf } from "../../tensors/shape.ts";
import { rowAt } from "../../tensors/state.ts";
import { runOnState } from "./run-on-state.ts";

export interface ReadRowsInputs {
  readonly state: State;
}

export interface ReadRowsParams {
  readonly slot: string;
  /** Rows, of the last positions. */
  readonly count: number;
}

/** The rows of the last `count` positions, oldest first: `[count, ...row]`. Rows before position 0 are zeros. */
export const readRowsOp: Op<ReadRowsInputs, ReadRowsParams, Tensor> = {
  name: "readRows",
  params: { slot: "string", count: "number" },
  plan({ state }, { slot, count }) {
    const { dtype, shape, keep = state.capacity } = state.slots[slotIndex(state, slot)];
    if (!Number.isInteger(count) || count < 0 || count > keep) {
      throw new OctetError("ERR_RANGE", `got ${formatValue(count)} rows; slot ${slot} keeps the last ${keep}`);
    }
    return { params: { slot, count }, output: { dtype, shape: [count, ...shape] } };
  },
  compute({ state }, { slot, count }) {
    const index = slotIndex(state, slot);
    const { dtype, shape } = state.slots[index];
    const size = sizeOf(shape);
    const data = allocate(dtype, count * size);
    const first = state.length.data[0] - count;
    for (let row = Math.max(0, -first); row < count; row++) {
      data.set(rowAt(state.rows[index], state.slots[index], first + row), row * size);
    }
    return new HostTensor(dtype, [count, ...shape], data);
  },
};

/** @throws OctetError `ERR_SHAPE` for an unknown slot, `ERR_RANGE` for more rows than it keeps */
export function readRows(state: State, slot: string, count: number): Tensor {
  return runOnState(readRowsOp, { state }, { slot, count });
}
