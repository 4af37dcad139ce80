import { nonFinite, type OctetError } from "@octet/core";
import type { Submission } from "./command-queue.ts";

/** Two words where kernels note elements that are not finite: the complement of the first flat index (0: none), and how many. */
export interface FaultSlot {
  readonly buffer: GPUBuffer;
  /** Counted in slots of 8 bytes. */
  readonly index: number;
}

/**
 * How an op went: unknown at first, since ops run later. Outcomes are settled in the order of their ops, so that those of the inputs
 * are known before.
 */
export class Outcome {
  readonly slot: FaultSlot | undefined;
  /** What the op was submitted in, of which the device has its own to say. */
  readonly submission: Submission;
  #settled = false;
  #reported = false;
  #inputs: readonly Outcome[];
  #own: OctetError | undefined;
  #error: OctetError | undefined;
  #origin: Outcome | undefined;

  constructor(inputs: readonly Outcome[], slot: FaultSlot | undefined, submission: Submission) {
    this.#inputs = inputs;
    this.slot = slot;
    this.submission = submission;
  }

  /** Whether it is known how the op went. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Whether it is known how the ops went that it depends on. */
  get inputsSettled(): boolean {
    return this.#inputs.every(({ settled }) => settled);
  }

  /** What is wrong with the result: an error of the op, or else of an op before it. */
  get error(): OctetError | undefined {
    return this.#error;
  }

  /** What went wrong in the op itself. */
  get ownError(): OctetError | undefined {
    return this.#own;
  }

  /** Once, with what the device and the kernels noted. */
  settle(deviceError: OctetError | undefined, notes: readonly [firstComplement: number, count: number]): void {
    const failed = this.#inputs.find(({ error }) => error !== undefined);
    const [firstComplement, count] = notes;
    this.#own = deviceError ?? (count > 0 ? nonFinite(~firstComplement >>> 0, count) : undefined);
    // An op on a broken input may fail in its own way, which says less than the reason.
    this.#origin = failed === undefined ? this : failed.#originOfError();
    this.#error = failed?.error ?? this.#own;
    if (failed !== undefined) this.#own = undefined;
    this.#inputs = [];
    this.#settled = true;
  }

  /** Whether a download has thrown the error. */
  get reported(): boolean {
    return this.#reported;
  }

  /** What is wrong with the result, to be thrown: the op where the error first appeared counts as reported. */
  report(): OctetError | undefined {
    if (this.#error !== undefined) this.#originOfError().#reported = true;
    return this.#error;
  }

  #originOfError(): Outcome {
    return this.#origin ?? this;
  }
}
