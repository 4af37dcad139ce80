import { formatShape, type Granularity, OctetError } from "@octet/core";
import type { SafetensorsReader, TensorInfo } from "@octet/safetensors";
import { dtypeName, floatDType } from "../bytes/dtype.ts";
import type { QuantizedLayer } from "../open/checkpoint.ts";
import { packedWidth } from "./pack.ts";
import type { StatedScheme } from "./read-scheme.ts";

/** The tensors of a quantized weight in a file. */
export interface LayerParts {
  /** Of the module, without `.weight`. */
  readonly name: string;
  /** `P.weight` I8, or `P.weight_packed`. */
  readonly codes: TensorInfo;
  readonly scale: TensorInfo;
  /** `P.weight_shape`, beside packed codes. */
  readonly shape: TensorInfo | undefined;
}

/** A quantized weight in a file: what it is, and where its parts are. */
export interface StoredLayer extends QuantizedLayer {
  readonly parts: LayerParts;
}

type Widths = Pick<StatedScheme, "bits" | "groupSizes">;

/** What the parts of a layer mean; of its data only `weight_shape` is read. @throws OctetError `ERR_FORMAT`, naming the layer */
export async function readStoredLayer(
  reader: SafetensorsReader,
  parts: LayerParts,
  stated: Widths,
): Promise<StoredLayer> {
  const { name, codes } = parts;
  const shape = parts.shape === undefined ? codes.shape : await readShape(reader, name, parts.shape);
  const bits = parts.shape === undefined ? widthOfBytes(stated) : widthOfPacked(name, codes, shape, stated);
  return { name, shape, bits, granularity: readGranularity(parts, shape, stated), parts };
}

async function readShape(reader: SafetensorsReader, layer: string, info: TensorInfo): Promise<number[]> {
  const integers = info.dtype === "I64" || info.dtype === "I32";
  if (!integers || info.shape.length !== 1 || info.shape[0] !== 2) {
    refuse(layer, `${describe(info)}; it must be int64 [2]`);
  }
  const { buffer } = await reader.read(info.name);
  const shape = info.dtype === "I64" ? Array.from(new BigInt64Array(buffer), Number) : [...new Int32Array(buffer)];
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0)) {
    refuse(layer, `${info.name} holds ${formatShape(shape)}; extents are whole numbers of 0 or more`);
  }
  return shape;
}

/** Bytes hold codes of any width. Where layers differ, the largest is what all codes fit. */
function widthOfBytes({ bits }: Widths): number {
  return bits.length === 0 ? 8 : Math.max(...bits);
}

/** The width that the packed words have, which has to be one the file states, if it states any. */
function widthOfPacked(layer: string, codes: TensorInfo, [n, k]: readonly number[], stated: Widths): number {
  const widths = stated.bits.length > 0 ? stated.bits : [8, 7, 6, 5, 4, 3, 2];
  const packed = codes.dtype === "I32" && codes.shape.length === 2 && codes.shape[0] === n;
  const fitting = packed ? widths.filter((bits) => codes.shape[1] === packedWidth(k, bits)) : [];
  if (fitting.length === 0) {
    const columns = widths.map((bits) => packedWidth(k, bits)).join(" or ");
    refuse(layer, `${describe(codes)}; ${widths.join(", ")}-bit codes of [${n}, ${k}] are int32 [${n}, ${columns}]`);
  }
  if (fitting.length > 1 && k > 0) {
    refuse(layer, `its codes may have ${fitting.join(" or ")} bits; the file lacks the quantization_config that tells`);
  }
  return fitting[0];
}

function readGranularity({ name, scale }: LayerParts, [n, k]: readonly number[], { groupSizes }: Widths): Granularity {
  if (floatDType(scale.dtype) === undefined) refuse(name, `${describe(scale)}; scales are floats`);
  if (scale.shape.length === 0 || (scale.shape.length === 1 && scale.shape[0] === 1)) return { kind: "tensor" };
  const [rows, groups] = scale.shape;
  if (scale.shape.length === 2 && rows === n) {
    // One group as long as the row is the same thing as the row's channel; a file that says group means group.
    const size = groupSizes.find((stated) => stated * groups === k);
    if (size !== undefined) return { kind: "group", size };
    if (groups === 1) return { kind: "channel", dim: 0 };
    // A stated size that does not divide k leaves shorter groups, even where the count of groups happens to divide k.
    if (groupSizes.length === 0 && groups > 0 && k > 0 && k % groups === 0) return { kind: "group", size: k / groups };
  }
  return refuse(name, `${describe(scale)}; scales of [${n}, ${k}] are [1], [${n}, 1] or [${n}, ${k} / group size]`);
}

function describe({ name, dtype, shape }: TensorInfo): string {
  return `${name} is ${dtypeName(dtype)} ${formatShape(shape)}`;
}

function refuse(layer: string, problem: string): never {
  throw new OctetError("ERR_FORMAT", `layer ${JSON.stringify(layer)}: ${problem}`);
}
