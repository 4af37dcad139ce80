import { allocateBytes } from "./bytes/byte-source.ts";
import { checkBytes } from "./bytes/check-bytes.ts";
import { OctetError, quote } from "./errors.ts";
import type { TensorSpec } from "./header/tensor-info.ts";
import { listSpecs, type MetadataInput, planFile } from "./plan.ts";

/** A tensor with its bytes: little endian, C order. */
export interface TensorData extends TensorSpec {
  readonly data: Uint8Array;
}

/**
 * A whole file in memory, for what is small enough: the same bytes as through a writer.
 *
 * Throws as `createSafetensorsWriter` does; ERR_DTYPE when a tensor's data is anything but a Uint8Array, and ERR_SHAPE when it is not
 * as long as its shape and dtype say.
 */
export function encodeSafetensors(tensors: Iterable<TensorData>, metadata?: MetadataInput): Uint8Array<ArrayBuffer> {
  const given = listSpecs(tensors);
  const plan = planFile(given, metadata);
  const data = new Map(given.map((tensor) => [tensor.name, tensor.data]));
  const file = allocateBytes(plan.byteLength);
  file.set(plan.head);
  let offset = plan.head.byteLength;
  for (const { name, byteLength } of plan.tensors) {
    const bytes = data.get(name)!;
    checkBytes(`tensor ${quote(name)}`, bytes);
    if (bytes.byteLength !== byteLength) {
      throw new OctetError(
        "ERR_SHAPE",
        `tensor ${quote(name)} takes ${byteLength} bytes, its data has ${bytes.byteLength}`,
      );
    }
    file.set(bytes, offset);
    offset += byteLength;
  }
  return file;
}
