import type { DType, Granularity, HostTensor } from "@octet/core";
import type { JsonObject } from "../bytes/json.ts";
import type { CheckpointFormat } from "../options.ts";

/** A weight that is stored as codes and scales. */
export interface QuantizedLayer {
  /** Of the module, without `.weight`. */
  readonly name: string;
  /** `[outFeatures, inFeatures]` */
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;
}

export interface QuantizationInfo {
  /** "int8" is also what other tools call int-quantized or naive-quantized. */
  readonly format: CheckpointFormat;
  /** null when layers differ; `layers` has each one's. */
  readonly bits: number | null;
  /** null when layers differ. */
  readonly granularity: Granularity | null;
  /** How the file wants activations treated: "int8" is dynamic int8 per token; "other" is what `@octet/nn` does not have. */
  readonly activations: "float" | "int8" | "other";
}

/** An entry of a state dict, before it is read. */
export interface StateDictEntry {
  readonly key: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * An open checkpoint, quantized or float, seen as the state dict of a model: whatever the stored format, a quantized layer `P` is
 * `P.weight` (int8 codes `[N, K]`) and `P.weight_scale` (float32; `[1]`, `[N, 1]` or `[N, K / group]`).
 */
export interface Checkpoint extends AsyncDisposable {
  /** The parsed config.json; null where there is none, as for a single file. */
  readonly config: JsonObject | null;
  /** null for a float checkpoint. */
  readonly quantization: QuantizationInfo | null;
  /** The quantized layers by module name. */
  readonly layers: ReadonlyMap<string, QuantizedLayer>;
  /** What `tensor` reads and `stateDict` holds, by key. */
  readonly entries: ReadonlyMap<string, StateDictEntry>;
  /** Tensors of a dtype that no `HostTensor` has (int64 position ids, for instance), which `entries` leaves out: name to dtype. */
  readonly unreadable: ReadonlyMap<string, string>;
  /**
   * Reads one entry.
   * @throws OctetError `ERR_FORMAT` for an unknown key, or codes and scales that no quantizer makes; `ERR_DTYPE` for an unreadable
   * tensor; `ERR_OUT_OF_MEMORY`; `ERR_DISPOSED` after `close`
   */
  tensor(key: string): Promise<HostTensor>;
  /**
   * Reads all entries whose key starts with `prefix` (default: all of them), with the keys as they are. Load a large model piece by
   * piece, so that file and model are not in memory at once.
   * @throws OctetError as `tensor` does; `ERR_UNSUPPORTED` for options that are none
   */
  stateDict(options?: { readonly prefix?: string }): Promise<Map<string, HostTensor>>;
  /** Closes the files; idempotent. */
  close(): Promise<void>;
}
