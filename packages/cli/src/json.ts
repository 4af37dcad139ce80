/**
 * What `--json` prints, one document per command. All sizes are in bytes, all errors in the unit of the weights. A field that is null
 * says why in its comment; no field is ever left out.
 */
import type { OctetErrorCode } from "@octet/core";

/** What quantization cost one layer. */
export interface LayerJson {
  /** Of the module, without `.weight`. */
  readonly name: string;
  /** Of the original: "float32", "float16" or "bfloat16". */
  readonly dtype: string;
  /** `[outFeatures, inFeatures]` */
  readonly shape: readonly number[];
  /** "channel", "tensor" or "group:N", as `--granularity` takes it. */
  readonly granularity: string;
  readonly bits: number;
  readonly maxAbsError: number;
  readonly meanAbsError: number;
  readonly relativeErrorPct: number;
  /** In dB; null for infinite: nothing was lost. */
  readonly snrDb: number | null;
  readonly bytesBefore: number;
  /** Of codes, scales and what else the format stores for the layer. */
  readonly bytesAfter: number;
}

/** A tensor that is the same, byte for byte, before and after. */
export interface KeptTensorJson {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Why it was not quantized, for people. */
  readonly reason: string;
}

export interface TotalsJson {
  /** How many layers are quantized. */
  readonly layers: number;
  /** Of the quantized layers. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Of all tensors, quantized or not. */
  readonly checkpointBytesBefore: number;
  readonly checkpointBytesAfter: number;
  readonly maxAbsError: number;
  readonly meanAbsError: number;
  readonly relativeErrorPct: number;
  /** In dB, over all elements of all layers; null for infinite. */
  readonly snrDb: number | null;
}

/** What quantization cost a checkpoint. */
export interface ReportJson {
  readonly format: "compressed-tensors" | "int8";
  /** As that of layers; null when layers differ. */
  readonly granularity: string | null;
  /** null when layers differ. */
  readonly bits: number | null;
  readonly layers: readonly LayerJson[];
  readonly kept: readonly KeptTensorJson[];
  readonly totals: TotalsJson;
  /** For people, one sentence each. */
  readonly warnings: readonly string[];
}

/** A backend that runs. */
export interface BackendJson {
  readonly name: string;
  readonly device: string;
  readonly features: readonly string[];
}

/** A backend that does not run, or was not taken. */
export interface RejectedBackendJson {
  readonly name: string;
  readonly code: OctetErrorCode;
  readonly reason: string;
}

/** Printed by `octet quantize --json`. */
export interface QuantizeJson extends ReportJson {
  readonly input: string;
  readonly output: string;
  readonly backend: BackendJson & {
    /** Those that `auto` would have preferred; empty when `--backend` named one. */
    readonly rejected: readonly RejectedBackendJson[];
  };
}

/** Printed by `octet compare --json`. */
export interface CompareJson extends ReportJson {
  readonly original: string;
  readonly quantized: string;
}

/** Printed by `octet inspect --json`. */
export interface InspectJson {
  readonly path: string;
  /** In the order of their data, file after file. */
  readonly tensors: readonly {
    readonly name: string;
    /** As the file spells it: "F32", "BF16", "I8", ... */
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly bytes: number;
    /** The file that holds it, relative to the folder of `path`, or to `path` where that is a folder. */
    readonly file: string;
  }[];
  /** The texts of `__metadata__`; of several files those that agree. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly totals: {
    readonly tensors: number;
    readonly elements: number;
    readonly bytes: number;
    readonly files: number;
  };
}

/** Printed by `octet backends --json`. */
export interface BackendsJson {
  /** In the order in which `auto` tries them. */
  readonly backends: readonly (
    | (BackendJson & { readonly available: true; readonly maxTensorBytes: number })
    | (RejectedBackendJson & { readonly available: false })
  )[];
  /** What `--backend auto` takes; null when nothing runs. */
  readonly auto: string | null;
}

/** Printed by `octet conformance --json`. */
export interface ConformanceJson {
  readonly backend: BackendJson;
  /** The ops that the backend had to run: "layers" or "models". */
  readonly profile: string;
  /** The manifest given with `--golden`; null for the suite. */
  readonly golden: string | null;
  readonly results: readonly {
    readonly id: string;
    readonly status: "passed" | "failed" | "unsupported";
    /** What went wrong, or what the backend does not support; null when passed. */
    readonly message: string | null;
  }[];
  readonly passed: number;
  readonly failed: number;
  /** How many are "unsupported". */
  readonly skipped: number;
  /** The known mistakes that would explain the failures, the one that explains most first; empty when none would. */
  readonly suspects: readonly {
    /** Its name in `@octet/conformance`, such as "ignored-bias". */
    readonly fault: string;
    /** What a backend with the mistake does, for people. */
    readonly description: string;
  }[];
}
