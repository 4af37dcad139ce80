import type { ShaderFeatures } from "../../shader.ts";
import { gemmShader, tileColumns, tileRows } from "./gemm.ts";
import { type GemvShape, gemvShader } from "./gemv.ts";
import type { LinearShader, LinearVariant } from "./variant.ts";

export interface ChosenKernel {
  readonly shader: LinearShader;
  /** Whether y has to be cleared before. */
  readonly mergesIntoZeroes: boolean;
  /** Results of a workgroup. */
  readonly perWorkgroup: { readonly m: number; readonly n: number };
}

/** The rows of x up to which a gemv kernel is used. */
const maxGemvRows = 8;

/** On a CPU that poses as a GPU barriers cost more than reading the weights again. */
const maxGemvRowsInSoftware = 64;

/** The kernel for a product of `[m, k]` and `[n, k]`, where a row of k has so many quads. */
export function chooseKernel(
  variant: LinearVariant,
  m: number,
  n: number,
  quads: number,
  features: ShaderFeatures,
): ChosenKernel {
  if (m > (features.software ? maxGemvRowsInSoftware : maxGemvRows)) {
    return {
      shader: gemmShader(variant),
      mergesIntoZeroes: variant.output !== "float32",
      perWorkgroup: { m: tileRows, n: tileColumns },
    };
  }
  const shape = gemvShape(m, n, quads, features);
  return {
    shader: gemvShader(variant, shape),
    mergesIntoZeroes: false,
    perWorkgroup: { m: shape.mRows, n: shape.nRows },
  };
}

function gemvShape(m: number, n: number, quads: number, { software }: ShaderFeatures): GemvShape {
  const mRows = m > 4 ? 8 : m > 2 ? 4 : m;
  // A GPU has more threads than most weights have rows: K is sliced, the more the fewer rows there are.
  if (software || quads < 16) return { mRows, nRows: 64, slices: 1 };
  return n <= 16384 ? { mRows, nRows: 16, slices: 16 } : { mRows, nRows: 64, slices: 4 };
}
