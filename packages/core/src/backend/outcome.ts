import type { OctetError } from "../errors.ts";

/**
 * The outcome of one launch, which the base reads once it has run: a NaN that a kernel noted, or an error of the device.
 */
export interface Finding {
  /** Whether the launch has run, so that `error` is final. */
  readonly known: boolean;
  readonly error: OctetError | undefined;
}

/** The finding of some work; undefined if nothing can go wrong any more. */
// biome-ignore lint/suspicious/noConfusingVoidType: so that methods which never have a finding need not return anything
export type MaybeFinding = Finding | undefined | void;

/** One finding for several launches: the first error in their order. */
export function combineFindings(given: readonly MaybeFinding[]): Finding | undefined {
  const findings = given.filter((finding): finding is Finding => finding !== undefined);
  if (findings.length <= 1) return findings[0];
  return {
    get known() {
      return findings.every(({ known }) => known);
    },
    get error() {
      return findings.find(({ error }) => error !== undefined)?.error;
    },
  };
}

/**
 * The outcome of an op that may fail: unknown at first, since ops run later. Outcomes settle in call order, so that
 * those of an op's inputs are known before its own. The first input that failed decides, then what the op itself found.
 */
export class Outcome {
  #inputs: readonly Outcome[];
  #finding: Finding | undefined;
  #origin: Outcome | undefined;
  #error: OctetError | undefined;
  #settled = false;
  #reported = false;

  /** `inputs` in the order of the op's arguments. */
  constructor(inputs: readonly Outcome[], finding: Finding | undefined) {
    this.#inputs = inputs;
    this.#finding = finding;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** The error of the result; undefined while it is not known. */
  get error(): OctetError | undefined {
    return this.#error;
  }

  /** Whether the error arose in this op, and was not inherited. */
  get isOrigin(): boolean {
    return this.#origin === this;
  }

  get reported(): boolean {
    return this.#reported;
  }

  /** Takes in what is known now. False if it is not known yet. */
  settle(): boolean {
    if (this.#settled) return true;
    if (this.#finding?.known === false) return false;
    const failed = this.#inputs.find(({ error }) => error !== undefined);
    this.#error = failed?.error ?? this.#finding?.error;
    this.#origin = failed === undefined ? this : failed.#origin;
    this.#inputs = [];
    this.#finding = undefined;
    this.#settled = true;
    return true;
  }

  /** The error, to be thrown: the op where it arose counts as reported. */
  report(): OctetError | undefined {
    if (this.#error !== undefined && this.#origin !== undefined) this.#origin.#reported = true;
    return this.#error;
  }
}
