import { type Granularity, OctetError, sizeOf } from "@octet/core";
import { storedScaleShape } from "@octet/core/names";
import type { StoredTensor } from "../containers/tensor-container.ts";
import type { LayerTensors } from "./format.ts";

/** The suffix that turns the name of a module into that of its scales, in every format. */
export const scaleSuffix = ".weight_scale";

/** The tensor with the scales of a weight `[N, K]`. */
export function scaleTensor(module: string, granularity: Granularity, weight: readonly number[]): StoredTensor {
  const shape = storedScaleShape(granularity, weight);
  return { name: module + scaleSuffix, dtype: "F32", shape, byteLength: 4 * sizeOf(shape) };
}

/** Bytes of everything that stands for a layer. */
export function layerByteLength({ codes, scale, constants }: LayerTensors): number {
  return constants.reduce((sum, { byteLength }) => sum + byteLength, codes.byteLength + scale.byteLength);
}

/** The part of a layer that has this name. @throws OctetError `ERR_FORMAT` where it is missing */
export function findPart(codes: StoredTensor, part: string, tensors: ReadonlyMap<string, StoredTensor>): StoredTensor {
  const found = tensors.get(part);
  if (found !== undefined) return found;
  const layer = codes.name.slice(0, codes.name.lastIndexOf("."));
  throw new OctetError("ERR_FORMAT", `layer ${JSON.stringify(layer)} has codes, ${codes.name}, but no ${part}`);
}
