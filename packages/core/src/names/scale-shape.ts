import { OctetError } from "../errors.ts";
import { type Granularity, normalizeGranularity, scaleShape } from "../tensors/granularity.ts";
import { equalShapes, formatShape, validateShape } from "../tensors/shape.ts";

/**
 * The shape of `weight_scale` in a state dict and in a file, for a weight `[n, k]`: `[1]` per tensor, `[n, 1]` per output channel,
 * `[n, k / size]` in groups.
 * @throws OctetError `ERR_SHAPE` when the weight is not 2-D or the granularity does not fit it; `ERR_UNSUPPORTED` for scales on dim 1
 */
export function storedScaleShape(granularity: Granularity, weightShape: readonly number[]): readonly number[] {
  validateMatrix(weightShape);
  const normalized = normalizeGranularity(granularity, weightShape);
  switch (normalized.kind) {
    case "tensor":
      return [1];
    case "channel":
      if (normalized.dim === 0) return [weightShape[0], 1];
      throw new OctetError(
        "ERR_UNSUPPORTED",
        `got scales on dim ${normalized.dim}; files hold one scale per output channel, dim 0`,
      );
    case "group":
      return scaleShape(normalized, weightShape);
  }
}

/**
 * The granularity that a stored scale of shape `stored` has for a weight `[n, k]`. `expected` wins where it fits: `[n, 1]` may be
 * channels or groups of k, which mean the same weights. The rank tells `[1]`, one scale for all, from `[1, 1]`, the only channel.
 * @throws OctetError `ERR_FORMAT` when no granularity stores its scale in that shape; `ERR_SHAPE`, `ERR_UNSUPPORTED` as `storedScaleShape`
 */
export function inferGranularity(
  stored: readonly number[],
  weightShape: readonly number[],
  expected: Granularity,
): Granularity {
  if (equalShapes(stored, storedScaleShape(expected, weightShape))) return expected;
  const [n, k] = weightShape;
  if (stored.length === 0 || equalShapes(stored, [1])) return { kind: "tensor" };
  const [rows, groups] = stored;
  if (stored.length === 2 && rows === n) {
    if (groups === 1) return { kind: "channel", dim: 0 };
    const size = k / groups;
    if (size >= 1 && Number.isInteger(size)) return { kind: "group", size };
  }
  throw new OctetError(
    "ERR_FORMAT",
    `the scale is ${formatShape(stored)}; a weight of ${formatShape(weightShape)} has one of [1], [${n}, 1], or [${n}, ${k} / group size]`,
  );
}

function validateMatrix(shape: readonly number[]): void {
  if (validateShape(shape, "the weight").length === 2) return;
  throw new OctetError("ERR_SHAPE", `the weight is ${formatShape(shape)}; use [outFeatures, inFeatures]`);
}
