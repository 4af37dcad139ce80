import { formatShape, OctetError } from "@octet/core";
import { dtypeName } from "../bytes/dtype.ts";
import type { StoredTensor } from "../containers/tensor-container.ts";

/** `P.weight_scale is float32 [4, 1]`, the beginning of a message about it. */
export function describeTensor({ name, dtype, shape }: StoredTensor): string {
  return `${name} is ${dtypeName(dtype)} ${formatShape(shape)}`;
}

/** @throws OctetError `ERR_FORMAT`, naming the layer */
export function refuseLayer(layer: string, problem: string): never {
  throw new OctetError("ERR_FORMAT", `layer ${JSON.stringify(layer)}: ${problem}`);
}
