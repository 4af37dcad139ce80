import { eachVariantOnce, shader } from "../../shader.ts";
import { products } from "../../wgsl/linear-products.ts";
import { storeResult } from "../../wgsl/linear-result.ts";
import { loadWeight, unpackCodes } from "../../wgsl/linear-weights.ts";
import { linearBuffers } from "./buffers.ts";
import { directives, type LinearShader, type LinearVariant, linearParams, nameLinear } from "./variant.ts";

/** How a workgroup of a gemv kernel is cut: rows of the weight side by side, times slices of K. */
export interface GemvShape {
  /** Rows of x that each invocation takes: 1, 2, 4 or 8. The weights are read once for all of them. */
  readonly mRows: number;
  readonly nRows: number;
  readonly slices: number;
}

/**
 * For few rows of x: an invocation takes one row of the weight, or a slice of it, and walks along K, 16 bytes at a time. Neighbouring
 * invocations load neighbouring quads, since rows lie interleaved, and all load the same x. Slices are added up in their order, so
 * that a run repeats bit for bit.
 */
export const gemvShader: (variant: LinearVariant, shape: GemvShape) => LinearShader = eachVariantOnce(
  (variant, { mRows, nRows, slices }) => {
    const { source, x, loadFour } = products(variant);
    const rows = Array.from({ length: mRows }, (_, row) => row);
    const each = (text: (row: number) => string) => rows.map(text).join("\n    ");
    const lanes = nRows * slices;
    const reduction = `
  ${each((row) => `partial[${row * lanes}u + lane] = sum${row};`)}
  workgroupBarrier();
  if (local.y > 0u) { return; }
  for (var slice = 1u; slice < ${slices}u; slice = slice + 1u) {
    ${each((row) => `sum${row} = sum${row} + partial[${row * lanes}u + slice * ${nRows}u + lane];`)}
  }`;
    return shader({
      name: `${nameLinear(variant)}, ${mRows} by ${nRows} in ${slices} slices`,
      exact: variant.activations !== "float",
      directives: directives(variant),
      params: linearParams,
      buffers: linearBuffers(variant, x),
      pieces: [
        variant.activations === "float" && variant.weights === "codes" ? unpackCodes : "",
        source,
        loadFour,
        loadWeight(variant),
        storeResult(variant, "arbitrary"),
        slices > 1 ? `var<workgroup> partial: array<Sum, ${mRows * lanes}>;\n` : "",
      ],
      workgroupSize: [nRows, slices],
      main: `
  let n = (group / params.mBlocks) * ${nRows}u + local.x;
  let first_m = (group % params.mBlocks) * ${mRows}u;
  ${each((row) => `let m${row} = min(first_m + ${row}u, params.m - 1u);`)}
  ${each((row) => `var sum${row}: Sum;`)}
  if (n < params.n) {
    for (var quad = local.y; quad < params.quads; quad = quad + ${slices}u) {
      let weights = load_weight(n, quad);
      ${[0, 1, 2, 3]
        .map((i) =>
          each((row) => `sum${row} = add_products(sum${row}, load_four(m${row}, quad, ${i}u), weights[${i}]);`),
        )
        .join("\n    ")}
    }
  }
  ${slices > 1 ? reduction : ""}
  if (n >= params.n) { return; }
// One call in a loop: the exact scaling is long, and compilers copy it to wherever it is called.
  let sums = array<Sum, ${mRows}>(${rows.map((row) => `sum${row}`).join(", ")});
  for (var row = 0u; row < min(${mRows}u, params.m - first_m); row = row + 1u) { store_result(first_m + row, n, sums[row]); }`,
    });
  },
);
