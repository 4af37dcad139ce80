import { byteLengthOf } from "../bytes/byte-length.ts";
import { OctetError, quote } from "../errors.ts";
import type { HeaderEntry } from "./header.ts";
import type { TensorInfo } from "./tensor-info.ts";

/** A tensor whose place is known to be right. */
export interface PlacedTensor {
  readonly info: TensorInfo;
  /** First byte of its data, counted from the end of the header. */
  readonly begin: number;
}

/**
 * Puts the tensors in the order of their data and checks that they fill it: each starts where the one before ends, has
 * exactly the bytes that its shape and dtype call for, and the last one ends where the file does. So no two tensors
 * share a byte, all of them together take no more than the file's size, and nothing is hidden between them.
 *
 * `dataLength` is in bytes. Throws ERR_FORMAT, naming the tensor.
 */
export function arrangeTensors(entries: readonly HeaderEntry[], dataLength: number): PlacedTensor[] {
  const sorted = [...entries].sort((left, right) => left.begin - right.begin || left.end - right.end);
  let expected = 0;
  const placed = sorted.map(({ name, dtype, shape, begin, end }): PlacedTensor => {
    const byteLength = byteLengthOf({ name, dtype, shape });
    const refuse = (problem: string): never => {
      throw new OctetError("ERR_FORMAT", `tensor ${quote(name)} has data_offsets [${begin}, ${end}]: ${problem}`);
    };
    if (end < begin) refuse("the end lies before the beginning");
    if (begin > expected) refuse(`a hole of ${begin - expected} bytes lies before it`);
    if (begin < expected) refuse(`they overlap the tensor before, which ends at ${expected}`);
    if (end - begin !== byteLength) refuse(`dtype ${dtype} and shape [${shape.slice(0, 16)}] take ${byteLength} bytes`);
    if (end > dataLength) refuse(`the file ends after ${dataLength} bytes of data`);
    expected = end;
    return { info: { name, dtype, shape, byteLength }, begin };
  });
  if (expected !== dataLength) {
    const last =
      sorted.length === 0 ? "the file names no tensor" : `tensor ${quote(sorted.at(-1)!.name)} is the last one`;
    throw new OctetError(
      "ERR_FORMAT",
      `${dataLength - expected} bytes follow the data: ${last} and data ends at ${expected}`,
    );
  }
  return placed;
}
