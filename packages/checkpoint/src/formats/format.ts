import type { Granularity } from "@octet/core";
import type { Block } from "../bytes/blocks.ts";
import type { JsonObject } from "../bytes/json.ts";
import type { StoredTensor, TensorContainer } from "../containers/tensor-container.ts";
import type { QuantizedLayer } from "../open/checkpoint.ts";
import type { CheckpointFormat } from "../options.ts";

/** The tensors to write for a quantized weight. */
export interface LayerTensors {
  readonly codes: StoredTensor;
  /** `P.weight_scale` F32: [N, 1] per channel, [1] per tensor, [N, K / size] per group. */
  readonly scale: StoredTensor;
  /** The other tensors, whose bytes are known before any code is computed. */
  readonly constants: readonly ConstantTensor[];
}

export interface ConstantTensor extends StoredTensor {
  readonly data: Uint8Array;
}

/** The tensors of a quantized weight in a container. */
export interface LayerParts {
  readonly format: Format;
  /** Of the module, without `.weight`. */
  readonly name: string;
  readonly codes: StoredTensor;
  readonly scale: StoredTensor;
  /** The other tensors, in the order of the format. */
  readonly others: readonly StoredTensor[];
}

/** A quantized weight in a container: what it is, and where its parts are. */
export interface StoredLayer extends QuantizedLayer {
  readonly parts: LayerParts;
}

/** A weight's codes on their way into a container, block by block in order. */
export interface CodeBytes {
  /** The bytes that these codes, the next ones, fill. They may share memory with the codes. */
  encode(codes: Int8Array): Uint8Array;
  /** Decodes the block that was encoded last, from these bytes alone, as a reader will. */
  decode(bytes: Uint8Array, block: Block): Int8Array;
}

/** The name and size of a layer. */
export interface NamedShape {
  /** Of the module, without `.weight`. */
  readonly name: string;
  /** `[outFeatures, inFeatures]` */
  readonly shape: readonly number[];
}

/**
 * How quantized weights are stored: the names, types and shapes of their tensors, the bytes of their codes, and what loaders are told.
 * All that is known of one format is in its object; the rest of the package asks it. A scale is the same in every format.
 */
export interface Format {
  readonly name: CheckpointFormat;
  /** Its names in a `quantization_config`. */
  readonly layouts: readonly string[];
  /** @throws OctetError `ERR_UNSUPPORTED` when the format cannot hold this granularity or these bits */
  check(granularity: Granularity, bits: number): void;
  /** The tensors of the weight `[N, K]` of a module. */
  tensors(module: string, shape: readonly number[], granularity: Granularity, bits: number): LayerTensors;
  /** For a weight `[N, k]`. */
  encode(k: number, bits: number): CodeBytes;
  /**
   * The layer whose codes a tensor holds; undefined where it holds none of this format.
   * @throws OctetError `ERR_FORMAT` when the layer's other parts are not there
   */
  find(codes: StoredTensor, tensors: ReadonlyMap<string, StoredTensor>): LayerParts | undefined;
  /**
   * The shape of a layer's weight and the bits of its codes. `statedBits` are those that the checkpoint says it has; none where it says
   * nothing. @throws OctetError `ERR_FORMAT`, naming the layer
   */
  describe(
    container: TensorContainer,
    parts: LayerParts,
    statedBits: readonly number[],
  ): Promise<{ readonly shape: readonly number[]; readonly bits: number }>;
  /** The codes of elements [start, end). @throws OctetError `ERR_FORMAT`, naming the tensor, for codes beyond the layer's bits */
  read(container: TensorContainer, layer: StoredLayer, block: Block): Promise<Int8Array<ArrayBuffer>>;
  /**
   * The `quantization_config` that loaders need. `targets`: the class "Linear", and the names of modules of other classes that are
   * quantized. `ignore`: the Linear modules that stay in float.
   */
  config(
    scheme: { readonly granularity: Granularity; readonly bits: number },
    targets: readonly string[],
    ignore: readonly string[],
  ): JsonObject;
  /** Reasons why some loader refuses well-formed files of these layers, one sentence each. */
  loaderWarnings(layers: readonly NamedShape[], ignore: readonly string[], bits: number): string[];
}
