import type { TensorForm } from "../tensors/forms.ts";
import type { Operand } from "./kernels.ts";
import type { Finding } from "./outcome.ts";

/** Facts about a launch that the device needs beside those of its kernel. */
export interface LaunchCall<Storage> {
  /** Of the op, for messages. */
  readonly name: string;
  /** Everything that the launch reads, and the states that it changes. */
  readonly inputs: readonly Storage[];
  /** The operand that it fills in; undefined for an op that only changes a state. */
  readonly output: Storage | undefined;
  /** Inputs in which the launch must look for a NaN or infinity, in this order. */
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
