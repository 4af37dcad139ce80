import type { Arm } from "../../libraries/library.ts";
import type { LinearProblem } from "../../linear-problem.ts";
import type { ProductJob } from "../job.ts";
import type { SharedDevice } from "../shared-device.ts";

/** A library that computes a linear layer on the shared device. */
export interface WebGPULibrary {
  /** The name that its users know it by. */
  readonly name: string;
  readonly arms: readonly WebGPUArm[];
  /** With the weights of a problem on the device. */
  open(problem: LinearProblem, shared: SharedDevice): Promise<OpenWebGPULibrary>;
}

export interface WebGPUArm extends Arm {
  /** A feature without which the device cannot run it. */
  readonly needs?: "shader-f16";
}

export interface OpenWebGPULibrary {
  /** The job of an arm with x `[rows, inFeatures]` on the device. */
  start(arm: string, x: Float32Array, rows: number): Promise<ProductJob>;
  close(): Promise<void>;
}
