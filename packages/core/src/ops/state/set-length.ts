import type { Op, State } from "../../backend/contract.ts";

export interface SetLengthInputs {
  readonly state: State;
}

export interface SetLengthParams {
  readonly length: number;
}

/** Sets the device's count of a state's positions. Not for users: `State.truncate` and `DeviceBackend` decide when it may go back. */
export const setLengthOp: Op<SetLengthInputs, SetLengthParams, void> = {
  name: "setLength",
  params: { length: "number" },
  changes: ["state"],
  plan: (_inputs, { length }) => ({ params: { length }, output: undefined }),
  compute({ state }, { length }) {
    state.length.data[0] = length;
  },
};
