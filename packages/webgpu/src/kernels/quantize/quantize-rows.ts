import type { quantizeRowsOp, RowCodesForm } from "@octet/core";
import { rowCodesLimit } from "@octet/core/backend";
import { codeChunks } from "../../layout/code-chunks.ts";
import { rowCodesLayout } from "../../layout/row-codes-layout.ts";
import type { Operation } from "../../operation.ts";
import type { KernelOf } from "../../storage.ts";
import { type CodeBuffers, codeBuffersOf, type FloatSource, sourceOf } from "../operands.ts";
import { writeScalesOfNothing } from "./scales.ts";
import { quantizeStretches } from "./stretches.ts";

/** Each row of x as codes and a scale. Bytes moved: x twice, the second time from a cache, codes and scales once. */
export const quantizeRowsKernel: KernelOf<typeof quantizeRowsOp> =
  ({ x }, _params, { form, storage }) =>
  (operation) =>
    quantizeRowsOf(operation, sourceOf(x), form, codeBuffersOf(storage));

/** Enqueues the codes of the rows of x, whose shape is that of `form`, in the layout of `rowCodesLayout(form)`. */
export function quantizeRowsOf(operation: Operation, x: FloatSource, form: RowCodesForm, target: CodeBuffers): void {
  const { codes: layout } = rowCodesLayout(form);
  const qmax = rowCodesLimit[form.activations];
  if (layout.cols === 0) {
    writeScalesOfNothing(operation, target.scales, layout.rows, qmax);
    return;
  }
  const planes = form.activations === "int8" ? ("bytes" as const) : ("high-low" as const);
  const task = { operation, x, range: { qmax, lowest: -qmax }, planes };
  for (const chunk of codeChunks(layout, operation.maxRangeBytes)) {
    quantizeStretches(task, { layout, ...target }, chunk, layout.cols);
  }
}
