import { equalShapes, type FloatDType, formatShape, type HostTensor, hostTensor, type TypedArrayOf } from "@octet/core";
import type { SafetensorsReader } from "@octet/safetensors";
import type { GoldenFields } from "./fields.ts";

/** The tensors of a manifest: an open safetensors file. */
export type GoldenTensors = Pick<SafetensorsReader, "tensors" | "read">;

type GoldenDType = FloatDType | "int8" | "float64";
type GoldenArray = TypedArrayOf & { float64: Float64Array };

const formatDTypes: Readonly<Record<GoldenDType, string>> = {
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int8: "I8",
  float64: "F64",
};

/** A tensor that a case names: known to be there, of this dtype and shape, not yet read. */
export interface GoldenTensor<D extends GoldenDType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  read(): Promise<GoldenArray[D]>;
}

/** Looks up the tensor that field `name` of a case names. @throws OctetError `ERR_FORMAT` unless it is there, with this dtype */
export function goldenTensor<D extends GoldenDType>(
  fields: GoldenFields,
  name: string,
  dtypes: readonly D[],
  file: GoldenTensors,
): GoldenTensor<D> {
  const key = fields.text(name);
  const info = file.tensors.get(key);
  if (info === undefined) throw fields.error(`names the tensor ${JSON.stringify(key)}, which the file does not have`);
  const dtype = dtypes.find((candidate) => formatDTypes[candidate] === info.dtype);
  if (dtype === undefined) {
    const wanted = dtypes.map((candidate) => formatDTypes[candidate]).join(" or ");
    throw fields.error(
      `needs ${wanted} as ${JSON.stringify(name)}; the tensor ${JSON.stringify(key)} is ${info.dtype}`,
    );
  }
  return { dtype, shape: info.shape, read: async () => viewBytes(dtype, await file.read(key)) };
}

/** @throws OctetError `ERR_FORMAT` unless the tensor of field `name` has this shape */
export function checkGoldenShape(
  fields: GoldenFields,
  name: string,
  { shape }: { readonly shape: readonly number[] },
  wanted: readonly number[],
): void {
  if (equalShapes(shape, wanted)) return;
  throw fields.error(`needs ${formatShape(wanted)} as ${JSON.stringify(name)}; its tensor is ${formatShape(shape)}`);
}

export async function readHostTensor<D extends Exclude<GoldenDType, "float64">>(
  tensor: GoldenTensor<D>,
): Promise<HostTensor<D>> {
  return hostTensor(tensor.dtype, tensor.shape, await tensor.read());
}

/** The bytes as elements, in a buffer of their own, where they are aligned. */
function viewBytes<D extends GoldenDType>(dtype: D, bytes: Uint8Array): GoldenArray[D] {
  const { buffer } = bytes.slice();
  const views: { readonly [Key in GoldenDType]: () => GoldenArray[Key] } = {
    float32: () => new Float32Array(buffer),
    float16: () => new Uint16Array(buffer),
    bfloat16: () => new Uint16Array(buffer),
    int8: () => new Int8Array(buffer),
    float64: () => new Float64Array(buffer),
  };
  return views[dtype]() as GoldenArray[D];
}
