import type { RowCodesForm, RowCodesKind } from "@octet/core";
import { rowCodesLimit } from "@octet/core/backend";
import { quantizeRows, summarizeRows } from "../generated/kernels.ts";
import { type CodeLayout, codeLayout } from "../memory/code-layout.ts";
import type { Storage } from "../memory/storage.ts";
import type { Launch } from "../run/launch.ts";
import type { FloatOperand, RowCodesOperand } from "./operand.ts";
import { grainOf, type Plan, planOf } from "./plan.ts";

/** The rows of x as codes and scales. */
export function planQuantizeRows(
  { x }: { readonly x: FloatOperand },
  { activations }: { readonly activations: RowCodesKind },
  output: RowCodesOperand,
): Plan {
  const layout = codeLayout(x.form.shape);
  return {
    checks: true,
    temporaries: [],
    launches: ({ finding }) => [launchQuantizeRows(x, layout, activations, output.storage.address, finding)],
  };
}

/** Codes of x into a block of this layout. */
export function launchQuantizeRows(
  x: FloatOperand,
  { m, k, rows, panels, scaleOffset, treeOffset }: CodeLayout,
  activations: RowCodesKind,
  codes: number,
  finding: number,
): Launch {
  return quantizeRows(
    { items: panels, grain: grainOf(rows * k) },
    {
      source: x.storage.address,
      size: m * k,
      dtype: x.form.dtype,
      finding,
      codes,
      scales: codes + scaleOffset,
      trees: codes + treeOffset,
      m,
      k,
      qmax: rowCodesLimit[activations],
      rows,
    },
  );
}

/** The trees of codes that were uploaded. */
export function planTrees({ address }: Storage, { shape }: RowCodesForm): Plan {
  const { m, k, rows, panels, treeOffset } = codeLayout(shape);
  if (rows === 1) return planOf();
  const range = { items: panels, grain: grainOf(rows * k) };
  return planOf(summarizeRows(range, { codes: address, trees: address + treeOffset, m, k, rows }));
}
