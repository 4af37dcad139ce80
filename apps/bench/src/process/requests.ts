import type { Outcome } from "../results.ts";
import type { Effort } from "../timing/interleave.ts";

export interface LayerOptions {
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly mostRows: number;
  readonly seed: number;
}

export interface MemoryOptions {
  readonly job: "quantize" | "dequantize";
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly seed: number;
}

/** What a process that owns a number of threads is asked to do, one thing at a time. */
export interface Requests {
  openLayer(options: LayerOptions): Promise<void>;
  timeLayer(rows: number, effort: Effort): Promise<Outcome[]>;
  closeLayer(): Promise<void>;
  timeMemory(options: MemoryOptions, effort: Effort): Promise<Outcome[]>;
}

export interface Request {
  readonly name: keyof Requests;
  readonly args: readonly unknown[];
}

export type Reply = { readonly value: unknown } | { readonly error: string };
