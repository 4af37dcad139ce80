import type { TensorForm } from "../tensors/forms.ts";
import type { Operand } from "./kernels.ts";
import type { Finding } from "./outcome.ts";

/** What the device needs to know of a launch besides what its kernel said. */
export interface LaunchCall<Storage> {
  /** Of the op, for messages. */
  readonly name: string;
  /** Everything that the launch reads, and the states that it changes. */
  readonly inputs: readonly Storage[];
  /** What it fills in; undefined for an op that only changes a state. */
  readonly output: Storage | undefined;
  /** Inputs in which a NaN or infinity is to be found, in this order. */
  readonly finite: readonly Operand<TensorForm, Storage>[];
}

/** One launch of a recorded program. */
export interface Step<Storage, Launch> {
  readonly launch: Launch;
  readonly call: LaunchCall<Storage>;
}

/** Launches that a device runs as one, again and again. */
export interface Replay {
  /** Runs them. The finding is that of this run. */
  run(): Finding | undefined;
  dispose(): void;
}
