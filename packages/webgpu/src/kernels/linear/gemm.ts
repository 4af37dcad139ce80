import { eachVariantOnce, shader } from "../../shader.ts";
import { products } from "../../wgsl/linear-products.ts";
import { storeResult } from "../../wgsl/linear-result.ts";
import { loadWeight, unpackCodes } from "../../wgsl/linear-weights.ts";
import { linearBuffers } from "./buffers.ts";
import { directives, type LinearShader, type LinearVariant, linearParams, nameLinear } from "./variant.ts";

/** Results of a workgroup, and of an invocation: 16 by 8 invocations with 4 by 4 results each. */
export const tileRows = 32;
export const tileColumns = 64;
const columnsApart = 16;
const rowsApart = 8;
const lanes = columnsApart * rowsApart;

/** Quads of K that a workgroup holds at a time, and runs of four in them. */
const depth = 2;
const runs = depth * 4;

/**
 * For many rows of x: a workgroup computes a tile of y. It loads 32 elements of K of every row of x and of the weight that take part into
 * workgroup memory, [runs of four][rows], so that neighbours read neighbouring words; each is then used 4 times from a register.
 */
export const gemmShader: (variant: LinearVariant) => LinearShader = eachVariantOnce((variant) => {
  const { source, x, loadFour } = products(variant);
  const four = [0, 1, 2, 3];
  const cells = (text: (row: number, column: number) => string) =>
    four.flatMap((row) => four.map((column) => text(row, column))).join("\n    ");
  return shader({
    name: `${nameLinear(variant)}, tiles`,
    exact: variant.activations !== "float",
    directives: directives(variant),
    params: linearParams,
    buffers: linearBuffers(variant, x),
    pieces: [
      variant.activations === "float" && variant.weights === "codes" ? unpackCodes : "",
      source,
      loadFour,
      loadWeight(variant),
      storeResult(variant, "zeroes"),
      `var<workgroup> x_tile: array<Four, ${runs * tileRows}>;
var<workgroup> w_tile: array<FourWeights, ${runs * tileColumns}>;
`,
    ],
    workgroupSize: [columnsApart, rowsApart],
    main: `
  let first_m = (group % params.mBlocks) * ${tileRows}u;
  let first_n = (group / params.mBlocks) * ${tileColumns}u;
  if (first_n >= params.n) { return; }
  ${cells((row, column) => `var sum${row}${column}: Sum;`)}
  for (var first_quad = 0u; first_quad < params.quads; first_quad = first_quad + ${depth}u) {
    for (var i = lane; i < ${runs * tileRows}u; i = i + ${lanes}u) {
      let run = i / ${tileRows}u;
      let quad = first_quad + run / 4u;
      let elements = load_four(min(first_m + i % ${tileRows}u, params.m - 1u), min(quad, params.quads - 1u), run % 4u);
      // Past the end of K zeroes, explicitly: a variable without a value keeps the one of the round before on some devices.
      x_tile[i] = select(Four(), elements, quad < params.quads);
    }
    for (var i = lane; i < ${depth * tileColumns}u; i = i + ${lanes}u) {
      let column = i % ${tileColumns}u;
      let quad = first_quad + i / ${tileColumns}u;
      let weights = load_weight(min(first_n + column, params.n - 1u), min(quad, params.quads - 1u));
      for (var run = 0u; run < 4u; run = run + 1u) {
        w_tile[((i / ${tileColumns}u) * 4u + run) * ${tileColumns}u + column] = weights[run];
      }
    }
    workgroupBarrier();
    for (var run = 0u; run < ${runs}u; run = run + 1u) {
      ${four.map((row) => `let x${row} = x_tile[run * ${tileRows}u + local.y + ${row * rowsApart}u];`).join("\n      ")}
      ${four.map((column) => `let w${column} = w_tile[run * ${tileColumns}u + local.x + ${column * columnsApart}u];`).join("\n      ")}
      ${cells((row, column) => `sum${row}${column} = add_products(sum${row}${column}, x${row}, w${column});`)}
    }
    workgroupBarrier();
  }
// One call in a loop: the exact scaling is long, and compilers copy it to wherever it is called.
  let sums = array<Sum, 16>(${four.flatMap((row) => four.map((column) => `sum${row}${column}`)).join(", ")});
  for (var cell = 0u; cell < 16u; cell = cell + 1u) {
    let m = first_m + local.y + (cell / 4u) * ${rowsApart}u;
    let n = first_n + local.x + (cell % 4u) * ${columnsApart}u;
    if (m < params.m && n < params.n) { store_result(m, n, sums[cell]); }
  }`,
  });
});
