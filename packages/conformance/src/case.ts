import type { Backend, OpCall } from "@octet/core";
import type { Fault } from "./faults.ts";

/** The parts of the suite, one file each in `cases/`. "golden" is not among `conformanceCases()`: its data comes from a manifest. */
export type ConformanceFamily =
  | "lifetime"
  | "ownership"
  | "errors"
  | "quantize"
  | "dequantize"
  | "linear-float"
  | "linear-int16"
  | "linear-int8"
  | "activation"
  | "row-codes"
  | "fused"
  | "state"
  | "program"
  | "large"
  | "golden";

/** What a case works with. It leaves both backends as it found them, unless it is about disposing one. */
export interface ConformanceContext {
  /** The backend under test. */
  readonly backend: Backend;
  /** A fresh reference backend, which says what is right. */
  readonly reference: Backend;
}

/** One promise of the contract, and how to check it. */
export interface ConformanceCase {
  /** `family/what it checks`, with the sizes and the seed of its data: unique, and the same in every run. */
  readonly id: string;
  readonly family: ConformanceFamily;
  /** The ops that the case calls. Where the backend does not support one, the result is "unsupported". */
  readonly needs: readonly OpCall[];
  /** The known faults that make this case fail. Every other case passes with them; the suite's own tests see to both. */
  readonly catches: readonly Fault[];
  /** Resolves when the backend keeps the promise; rejects with what was got and what was wanted otherwise. */
  run(context: ConformanceContext): Promise<void>;
}
