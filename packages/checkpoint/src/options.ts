import type { Backend, Granularity } from "@octet/core";

/**
 * How a quantized checkpoint is stored.
 *
 * `compressed-tensors` (pack-quantized, weights only) loads in vLLM and transformers; channel or group granularity, 4 or 8 bits.
 * `int8` keeps each code in a byte of its own: the keys of a state dict of `@octet/nn`; every granularity, 2 to 8 bits.
 */
export type CheckpointFormat = "compressed-tensors" | "int8";

/** What decides, from the headers alone, which tensors are quantized and how they are stored. */
export interface PlanOptions {
  /** Default "compressed-tensors". */
  readonly format?: CheckpointFormat;
  /** Default per output channel, `{ kind: "channel", dim: 0 }`; no other `dim`. */
  readonly granularity?: Granularity;
  /** 2 to 8; default 8. */
  readonly bits?: number;
  /** Globs of what stays in float; default `defaultSkip`, which a list given here replaces. */
  readonly skip?: readonly string[];
  /** Globs: only weights that one of them matches are quantized, unless the list is empty. `skip` still applies. */
  readonly only?: readonly string[];
}

export interface QuantizeCheckpointOptions extends PlanOptions {
  /** What computes the codes; every backend gives the same bytes. It is not disposed. */
  readonly backend: Backend;
  readonly onProgress?: (progress: QuantizationProgress) => void;
  /** Stops the work between two blocks; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface CompareCheckpointsOptions {
  readonly onProgress?: (progress: QuantizationProgress) => void;
  readonly signal?: AbortSignal;
}

export interface QuantizationProgress {
  /** The tensor of the input that is being read. */
  readonly tensor: string;
  /** Of `bytesTotal`, the bytes to read in all. A weight that is quantized is read more than once and counts each time. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
}
