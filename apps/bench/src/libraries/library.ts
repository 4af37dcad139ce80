import type { LinearProblem } from "../linear-problem.ts";

/** One way of a library to compute a linear layer. */
export interface Arm {
  /** Unique among all arms, and stable: results are compared by it. */
  readonly id: string;
  /** What is done to weights and activations, in a few words. */
  readonly title: string;
  /** The relative error that the method may have against float64. */
  readonly tolerance: number;
}

/** Relative errors that methods may have, normally distributed data assumed. */
export const tolerances = {
  /** Sums of thousands of float32 products: about 1e-6. */
  float: 1e-5,
  /** Activations in steps of 1/32639 of the largest in a row: about 4e-5. */
  int16: 2e-4,
  /** Activations in 255 steps between their extremes: about 1e-2. */
  int8: 2e-2,
  /** Weights, activations and sums in float16: GPUs add thousands of products in it. */
  float16: 2e-2,
} as const;

/** Computes y `[rows, outFeatures]` from x `[rows, inFeatures]`, both float32 on the host. */
export type Multiply = (x: Float32Array, rows: number) => Promise<Float32Array>;

/** A library with the weights of a problem loaded, on a number of threads. */
export interface OpenLibrary {
  /** By id of the arm. */
  readonly multiply: Readonly<Record<string, Multiply>>;
  close(): Promise<void>;
}

export interface Library {
  /** The name that its users know it by. */
  readonly name: string;
  readonly arms: readonly Arm[];
  /** The most rows that it is asked for; default: no limit. */
  readonly mostRows?: number;
  /** Why it does not run on so many threads here; undefined where it does. */
  unavailable?(threads: number): string | undefined;
  open(problem: LinearProblem, threads: number): Promise<OpenLibrary>;
}
