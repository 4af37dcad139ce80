import type { Op, State } from "../../backend/contract.ts";
import { runOnState } from "./run-on-state.ts";
import { validateAhead } from "./validate-ahead.ts";

export interface AdvanceInputs {
  readonly state: State;
}

export interface AdvanceParams {
  /** Positions. */
  readonly count: number;
}

/** Adds the positions that were written after the state's length to it. Rows of them that no op has written hold anything. */
export const advanceOp: Op<AdvanceInputs, AdvanceParams, void> = {
  name: "advance",
  params: { count: "number" },
  changes: ["state"],
  plan({ state }, { count }) {
    validateAhead(state, count);
    return { params: { count }, output: undefined, ahead: count, advance: count };
  },
  compute({ state }, { count }) {
    state.length.data[0] += count;
  },
};

/** @throws OctetError `ERR_RANGE` where the state has no room */
export function advance(state: State, count: number): void {
  runOnState(advanceOp, { state }, { count });
}
