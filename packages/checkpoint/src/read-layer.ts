import { bitRange, bytesPerElement, OctetError } from "@octet/core";
import type { SafetensorsReader, TensorInfo } from "@octet/safetensors";
import type { Block } from "./blocks.ts";
import { floatDType } from "./dtype.ts";
import { floatValues } from "./host-values.ts";
import type { StoredLayer } from "./stored-layer.ts";
import { packedRange, unpackRange } from "./unpack.ts";

/**
 * The codes of elements [start, end) of a layer, whatever the format.
 * @throws OctetError `ERR_FORMAT`, naming the tensor, for a code that the layer's bits cannot hold
 */
export async function readCodes(
  reader: SafetensorsReader,
  { shape, bits, parts }: StoredLayer,
  block: Block,
): Promise<Int8Array<ArrayBuffer>> {
  const { name } = parts.codes;
  if (parts.shape === undefined) {
    const codes = new Int8Array((await reader.readRange(name, block.start, block.end)).buffer);
    if (bits < 8) checkCodes(name, codes, block.start, bits);
    return codes;
  }
  const k = shape[1];
  const { start: first, end: last } = packedRange(block, k, bits);
  return unpackRange(await reader.readRange(name, first, last), block, k, bits);
}

/**
 * The scales [first, last) of a layer, counted run by run, as float32.
 * @throws OctetError `ERR_FORMAT`, naming the tensor, for one that is not finite and above 0
 */
export async function readScales(
  reader: SafetensorsReader,
  scale: TensorInfo,
  first: number,
  last: number,
): Promise<Float32Array> {
  const dtype = floatDType(scale.dtype)!;
  const bytes = bytesPerElement[dtype];
  const scales = floatValues(dtype, await reader.readRange(scale.name, first * bytes, last * bytes));
  const bad = scales.findIndex((value) => !(value > 0 && value < Number.POSITIVE_INFINITY));
  if (bad < 0) return scales;
  throw new OctetError(
    "ERR_FORMAT",
    `tensor ${JSON.stringify(scale.name)}: scale ${first + bad} is ${scales[bad]}; scales are finite and above 0, so the file is damaged or of another format`,
  );
}

function checkCodes(name: string, codes: Int8Array, start: number, bits: number): void {
  const { lowest, highest } = bitRange(bits);
  const bad = codes.findIndex((code) => code < lowest || code > highest);
  if (bad < 0) return;
  throw new OctetError(
    "ERR_FORMAT",
    `tensor ${JSON.stringify(name)}: code ${start + bad} is ${codes[bad]}; with ${bits} bits codes lie in ${lowest} to ${highest}`,
  );
}
