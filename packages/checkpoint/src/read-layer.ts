import { bitRange, bytesPerElement, OctetError } from "@octet/core";
import type { SafetensorsReader, TensorInfo } from "@octet/safetensors";
import type { Block } from "./blocks.ts";
import { floatDType } from "./dtype.ts";
import { floatValues } from "./host-values.ts";
import { packedWidth, unpackRows, unpackRun } from "./pack.ts";
import type { StoredLayer } from "./stored-layer.ts";

/**
 * The codes of elements [start, end) of a layer, whatever the format.
 * @throws OctetError `ERR_FORMAT`, naming the tensor, for a code that the layer's bits cannot hold
 */
export async function readCodes(
  reader: SafetensorsReader,
  { shape, bits, parts }: StoredLayer,
  { start, end }: Block,
): Promise<Int8Array<ArrayBuffer>> {
  const { name } = parts.codes;
  if (parts.shape === undefined) {
    const codes = new Int8Array((await reader.readRange(name, start, end)).buffer);
    if (bits < 8) checkCodes(name, codes, start, bits);
    return codes;
  }
  const k = shape[1];
  const stride = 4 * packedWidth(k, bits);
  if (start % k === 0 && end % k === 0) {
    const rows = (end - start) / k;
    const first = start / k;
    return unpackRows(await reader.readRange(name, first * stride, (first + rows) * stride), rows, k, bits);
  }
  const codes = new Int8Array(end - start);
  for (let from = start; from < end; ) {
    const row = Math.floor(from / k);
    const to = Math.min(end, (row + 1) * k);
    const firstBit = (from - row * k) * bits;
    const lastBit = (to - row * k) * bits;
    const offset = row * stride;
    const packed = await reader.readRange(name, offset + Math.floor(firstBit / 8), offset + Math.ceil(lastBit / 8));
    unpackRun(packed, firstBit % 8, bits, codes.subarray(from - start, to - start));
    from = to;
  }
  return codes;
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
