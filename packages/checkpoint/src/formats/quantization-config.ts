import type { Granularity } from "@octet/core";
import type { JsonObject } from "../bytes/json.ts";

export interface QuantizationConfigOptions {
  /** What compressed-tensors calls the format. */
  readonly layout: string;
  /** Whether the group names the layout, too. */
  readonly inGroup: boolean;
  readonly granularity: Granularity;
  readonly bits: number;
  /** What is quantized: the class "Linear", and the names of modules of other classes. */
  readonly targets: readonly string[];
  /** Names of the Linear modules left in float. */
  readonly ignore: readonly string[];
}

/**
 * The `quantization_config` of a config.json, as transformers and vLLM read it. The status must be "compressed", else transformers
 * leaves random weights in place.
 */
export function createQuantizationConfig(options: QuantizationConfigOptions): JsonObject {
  const { layout, inGroup, granularity, bits, targets, ignore } = options;
  return {
    quant_method: "compressed-tensors",
    format: layout,
    quantization_status: "compressed",
    config_groups: {
      group_0: {
        targets,
        input_activations: null,
        output_activations: null,
        weights: {
          num_bits: bits,
          type: "int",
          symmetric: true,
          strategy: granularity.kind,
          ...(granularity.kind === "group" && { group_size: granularity.size }),
          dynamic: false,
        },
        ...(inGroup && { format: layout }),
      },
    },
    ignore,
    kv_cache_scheme: null,
    global_compression_ratio: null,
  };
}
