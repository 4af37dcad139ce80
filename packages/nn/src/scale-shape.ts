import { equalShapes, formatShape, type Granularity, OctetError } from "@octet/core";

/**
 * The shape of `weight_scale` in a state dict and in a file of the `int8` format, for a weight `[n, k]`: `[1]` per tensor, `[n, 1]`
 * per output channel, `[n, k / size]` in groups.
 */
export function storedScaleShape(granularity: Granularity, [n, k]: readonly number[]): readonly number[] {
  switch (granularity.kind) {
    case "tensor":
      return [1];
    case "channel":
      return [n, 1];
    case "group":
      return [n, k / granularity.size];
  }
}

/**
 * The granularity that a stored scale of `scaleShape` has for a weight `[n, k]`. `expected` wins where it fits: `[n, 1]` may be
 * channels or groups of k, which mean the same weights. The rank tells `[1]`, one scale for all, from `[1, 1]`, the only channel.
 * @throws OctetError `ERR_FORMAT` when no granularity stores its scale in that shape
 */
export function inferGranularity(
  scaleShape: readonly number[],
  weightShape: readonly number[],
  expected: Granularity,
): Granularity {
  if (equalShapes(scaleShape, storedScaleShape(expected, weightShape))) return expected;
  const [n, k] = weightShape;
  if (scaleShape.length === 0 || equalShapes(scaleShape, [1])) return { kind: "tensor" };
  const [rows, groups] = scaleShape;
  if (scaleShape.length === 2 && rows === n) {
    if (groups === 1) return { kind: "channel", dim: 0 };
    const size = k / groups;
    if (size >= 1 && Number.isInteger(size)) return { kind: "group", size };
  }
  throw new OctetError(
    "ERR_FORMAT",
    `the scale is ${formatShape(scaleShape)}; a weight of ${formatShape(weightShape)} has one of [1], [${n}, 1], or [${n}, ${k} / group size]`,
  );
}
