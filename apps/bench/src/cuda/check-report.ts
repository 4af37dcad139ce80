import type { Ceilings, CheckedPart, GPU, Host } from "../results.ts";

/** What the check of `@octet/cuda` writes on a machine with a GPU: `check.json`, `bench.json` and, with PyTorch, `torch.json`. */
export interface CUDACheck {
  readonly check: CheckReport;
  readonly bench: BenchReport;
  readonly torch?: TorchReport;
}

export interface CheckReport {
  /** ISO 8601 */
  readonly date: string;
  readonly machine: Host;
  readonly report: { readonly driverVersion: number };
  readonly results: readonly PartResult[];
}

export interface PartResult extends CheckedPart {
  readonly details?: unknown;
}

export interface BenchReport {
  readonly device: Omit<GPU, "driverVersion">;
  readonly ceilings: Ceilings;
  readonly linear: readonly BenchCell[];
  readonly elementwise: readonly ElementwiseCell[];
  readonly leftOut: readonly string[];
}

/** A layer with weights `[n, k]` and m rows of activations. */
export interface BenchCell {
  readonly n: number;
  readonly k: number;
  readonly m: number;
  readonly arms: readonly ArmTime[];
}

/** A float16 tensor that is copied, quantized and dequantized. */
export interface ElementwiseCell {
  readonly rows: number;
  readonly columns: number;
  /** bytes: read and written, at least. */
  readonly arms: readonly (ArmTime & { readonly bytes: number })[];
}

export interface ArmTime {
  readonly name: string;
  /** The median. */
  readonly microseconds: number;
  /** Between the 10th and the 90th percentile, as a share of the median. */
  readonly spread?: number;
  /** One for a call too slow for more. */
  readonly samples?: number;
  /** Relative difference to the result of cuBLASLt's float16. */
  readonly error?: number;
  readonly note?: string;
}

export interface TorchReport {
  readonly versions: { readonly torch: string };
  readonly linear: readonly BenchCell[];
  readonly leftOut: readonly string[];
}
