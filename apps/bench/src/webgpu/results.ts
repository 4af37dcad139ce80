import type { LinearCell, Machine, MemoryCell } from "../results.ts";

/** What a headless run writes as JSON: the same plan in each place that has WebGPU. Times are in ms. */
export interface WebGPUResults {
  readonly schema: 1;
  /** ISO 8601 */
  readonly date: string;
  /** A run that only shows that everything works: its times mean nothing. */
  readonly quick: boolean;
  readonly machine: Machine;
  readonly runs: readonly WebGPURun[];
}

/** The arms on one device, in one page or process. */
export interface WebGPURun {
  /** The browser with its version, or Node and Dawn with theirs. */
  readonly place: string;
  readonly adapter: AdapterDescription;
  /** Of the peers, by npm name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Jobs that are enqueued before anyone waits; a time is that of one of them. */
  readonly jobs: number;
  /** How times were taken: by GPU timestamps where the device offers them, and by wall time in any case. */
  readonly clocks: readonly Clock[];
  readonly linear: readonly WebGPULinearCell[];
  readonly quantize: readonly WebGPUQuantizeCell[];
}

/**
 * "gpu": what the compute passes of a job took, by the device's timestamps. "wall": from the first call of the host until
 * `onSubmittedWorkDone` says that the queue is empty.
 */
export type Clock = "gpu" | "wall";

export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** A program on the CPU. */
  readonly software: boolean;
  /** What the shared device has of the features that arms use. */
  readonly features: readonly string[];
  readonly languageFeatures: readonly string[];
}

export type WebGPULinearCell = Omit<LinearCell, "threads"> & { readonly clock: Clock };
export type WebGPUQuantizeCell = Omit<MemoryCell, "threads" | "job"> & { readonly clock: Clock };
