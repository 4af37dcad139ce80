import type { LinearProblem } from "../linear-problem.ts";
import type { ProductJob } from "./job.ts";

/** One way of a library to compute a linear layer. */
export interface LinearArm {
  /** Unique among all arms, and stable: results are compared by it. */
  readonly id: string;
  /** What is done to weights and activations, in a few words. */
  readonly title: string;
  /** The relative error that the method may have against float64. */
  readonly tolerance: number;
  /** A feature without which a device cannot run it. */
  readonly needs?: "shader-f16";
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

/** A library that computes linear layers in a place: on a number of threads of the CPU, or on a device. */
export interface Library<Place> {
  /** The name that its users know it by. */
  readonly name: string;
  readonly arms: readonly LinearArm[];
  /** The most rows that it is asked for; default: no limit. */
  readonly mostRows?: number;
  /** With the weights of a problem in the place. @throws OctetError `ERR_UNAVAILABLE` where it does not run there */
  open(problem: LinearProblem, place: Place): Promise<OpenLibrary>;
}

export interface OpenLibrary {
  /** The job of an arm with x `[rows, inFeatures]`. */
  start(arm: string, x: Float32Array, rows: number): Promise<ProductJob>;
  close(): Promise<void>;
}

/** The places of the CPU: how many threads compute. */
export type Threads = number;
