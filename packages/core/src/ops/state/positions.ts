import type { Op, State, Tensor } from "../../backend/contract.ts";
import { HostTensor } from "../../tensors/host-tensor.ts";
import { runOnState } from "./run-on-state.ts";
import { validateAhead } from "./validate-ahead.ts";

export interface PositionsInputs {
  readonly state: State;
}

export interface PositionsParams {
  /** Positions. */
  readonly count: number;
}

/** The `count` positions after a state's length, from the device's own count: int32 `[count]`. */
export const positionsOp: Op<PositionsInputs, PositionsParams, Tensor<"int32">> = {
  name: "positions",
  params: { count: "number" },
  plan({ state }, { count }) {
    validateAhead(state, count);
    return { params: { count }, output: { dtype: "int32", shape: [count] }, ahead: count };
  },
  compute({ state }, { count }) {
    const data = Int32Array.from({ length: count }, (_, index) => state.length.data[0] + index);
    return new HostTensor("int32", [count], data);
  },
};

/** @throws OctetError `ERR_RANGE` where the state has no room */
export function positions(state: State, count: number): Tensor<"int32"> {
  return runOnState(positionsOp, { state }, { count });
}
