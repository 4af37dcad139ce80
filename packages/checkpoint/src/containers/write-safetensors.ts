import { createSafetensorsWriter, type TensorSpec } from "@octet/safetensors";
import type { CreateContainerWriter } from "./tensor-container.ts";

/** Begins a safetensors file. @throws OctetError `ERR_DTYPE` for a type that the format lacks, and as `createSafetensorsWriter` does */
export const writeSafetensors: CreateContainerWriter = (sink, { tensors, metadata }) => {
  // The types of tensors are texts here. The writer checks them.
  return createSafetensorsWriter(sink, { tensors: tensors as Iterable<TensorSpec>, metadata });
};
