import { bytesPerElement, OctetError } from "@octet/core";
import { floatDType } from "../bytes/dtype.ts";
import { floatValues } from "../bytes/host-values.ts";
import type { StoredTensor, TensorContainer } from "../containers/tensor-container.ts";

/**
 * The scales [first, last) of a layer, counted run by run, as float32.
 * @throws OctetError `ERR_FORMAT`, naming the tensor, for one that is not finite and above 0
 */
export async function readScales(
  container: TensorContainer,
  scale: StoredTensor,
  first: number,
  last: number,
): Promise<Float32Array> {
  const dtype = floatDType(scale.dtype)!;
  const bytes = bytesPerElement[dtype];
  const scales = floatValues(dtype, await container.readRange(scale.name, first * bytes, last * bytes));
  const bad = scales.findIndex((value) => !(value > 0 && value < Number.POSITIVE_INFINITY));
  if (bad < 0) return scales;
  throw new OctetError(
    "ERR_FORMAT",
    `tensor ${JSON.stringify(scale.name)}: scale ${first + bad} is ${scales[bad]}; scales are finite and above 0, so the file is damaged or of another format`,
  );
}
