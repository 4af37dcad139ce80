import { type Granularity, sizeOf } from "@octet/core";
import { storedScaleShape } from "@octet/core/names";
import { bitsPerElement, type TensorSpec } from "@octet/safetensors";
import type { CheckpointFormat } from "./options.ts";
import { packedWidth } from "./pack.ts";

/** The tensors that stand for a quantized weight in a file. */
export interface LayerTensors {
  /** `int8`: `P.weight` I8 [N, K]. `compressed-tensors`: `P.weight_packed` I32 [N, ceil(K * bits / 32)]. */
  readonly codes: TensorSpec;
  /** `P.weight_scale` F32: [N, 1] per channel, [1] per tensor, [N, K / size] per group. */
  readonly scale: TensorSpec;
  /** `compressed-tensors`: `P.weight_shape` I64 [2], which holds N and K. */
  readonly shape: TensorSpec | undefined;
}

export function layerTensors(
  format: CheckpointFormat,
  module: string,
  [n, k]: readonly number[],
  granularity: Granularity,
  bits: number,
): LayerTensors {
  const scale: TensorSpec = {
    name: `${module}.weight_scale`,
    dtype: "F32",
    shape: storedScaleShape(granularity, [n, k]),
  };
  if (format === "int8")
    return { codes: { name: `${module}.weight`, dtype: "I8", shape: [n, k] }, scale, shape: undefined };
  return {
    codes: { name: `${module}.weight_packed`, dtype: "I32", shape: [n, packedWidth(k, bits)] },
    scale,
    shape: { name: `${module}.weight_shape`, dtype: "I64", shape: [2] },
  };
}

/** Bytes of a tensor whose elements are whole bytes. */
export function byteLengthOf({ dtype, shape }: TensorSpec): number {
  return (sizeOf(shape) * bitsPerElement(dtype)) / 8;
}

/** Bytes of everything that stands for a layer. */
export function layerByteLength({ codes, scale, shape }: LayerTensors): number {
  return byteLengthOf(codes) + byteLengthOf(scale) + (shape === undefined ? 0 : byteLengthOf(shape));
}
