import type { FloatDType, Granularity } from "@octet/core";
import type { JsonObject } from "../bytes/json.ts";
import type { StoredTensor } from "../containers/tensor-container.ts";
import type { LayerTensors } from "../formats/format.ts";
import type { CheckpointFormat } from "../options.ts";
import type { KeptTensor } from "../report/report.ts";

/** What is known of a checkpoint before any data is read: what a `TensorContainer` knows, a reader of `@octet/safetensors` for instance, and the config. */
export interface CheckpointHeader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** The parsed config.json; null where there is none. */
  readonly config: JsonObject | null;
}

export interface PlannedLayer {
  /** Of the module, without `.weight`. */
  readonly name: string;
  /** The name of the weight in the input. */
  readonly weight: string;
  readonly dtype: FloatDType;
  /** `[outFeatures, inFeatures]` */
  readonly shape: readonly number[];
  /** What stands for the weight in the output. */
  readonly tensors: LayerTensors;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface QuantizationPlan {
  readonly format: CheckpointFormat;
  readonly granularity: Granularity;
  readonly bits: number;
  /** In the order of the input's tensors. */
  readonly layers: readonly PlannedLayer[];
  readonly kept: readonly KeptTensor[];
  readonly warnings: readonly string[];
  /** What config.json of the output says; null when no layer is quantized. */
  readonly quantizationConfig: JsonObject | null;
}
