import type { Granularity } from "@octet/core";
import { floatDType } from "../bytes/dtype.ts";
import type { TensorContainer } from "../containers/tensor-container.ts";
import type { LayerParts, StoredLayer } from "./format.ts";
import type { StatedScheme } from "./read-scheme.ts";
import { describeTensor, refuseLayer } from "./refuse-layer.ts";

type Widths = Pick<StatedScheme, "bits" | "groupSizes">;

/** What the parts of a layer mean; no codes or scales are read. @throws OctetError `ERR_FORMAT`, naming the layer */
export async function readStoredLayer(
  container: TensorContainer,
  parts: LayerParts,
  stated: Widths,
): Promise<StoredLayer> {
  const { shape, bits } = await parts.format.describe(container, parts, stated.bits);
  return { name: parts.name, shape, bits, granularity: readGranularity(parts, shape, stated), parts };
}

function readGranularity({ name, scale }: LayerParts, [n, k]: readonly number[], { groupSizes }: Widths): Granularity {
  if (floatDType(scale.dtype) === undefined) refuseLayer(name, `${describeTensor(scale)}; scales are floats`);
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
  const wanted = `scales of [${n}, ${k}] are [1], [${n}, 1] or [${n}, ${k} / group size]`;
  return refuseLayer(name, `${describeTensor(scale)}; ${wanted}`);
}
