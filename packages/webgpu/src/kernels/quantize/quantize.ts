import { bitRange, type quantizeOp, scaleLayout } from "@octet/core";
import { codeChunks } from "../../layout/code-chunks.ts";
import { codeLayout } from "../../layout/code-layout.ts";
import type { KernelOf } from "../../storage.ts";
import { codeBuffersOf, sourceOf } from "../operands.ts";
import { writeScalesOfNothing } from "./scales.ts";
import { quantizeScattered } from "./scattered.ts";
import { areStretches, quantizeStretches } from "./stretches.ts";

/**
 * Codes, in the layout of `codeLayout`, and scales.
 *
 * Bytes moved: x twice (the second read of a row comes from a cache where the row fits one), codes and scales once.
 */
export const quantizeKernel: KernelOf<typeof quantizeOp> = ({ x }, { granularity, bits }, { storage }) => {
  const { shape } = x.form;
  const layout = codeLayout(shape);
  const scalesOf = scaleLayout(granularity, shape);
  const { outer, channels, inner } = scalesOf;
  const { highest: qmax, lowest } = bitRange(bits);
  const target = { layout, ...codeBuffersOf(storage) };
  return (operation) => {
    const chunks = codeChunks(layout, operation.maxRangeBytes);
    if (chunks.length === 0 || layout.cols === 0) {
      writeScalesOfNothing(operation, target.scales, channels, qmax);
      return;
    }
    const task = { operation, x: sourceOf(x), range: { qmax, lowest }, planes: "bytes" as const };
    const contiguous = outer === 1 && chunks.length <= layout.rows;
    if (contiguous && areStretches(inner, layout.cols, channels)) {
      for (const chunk of chunks) quantizeStretches(task, target, chunk, inner);
    } else {
      quantizeScattered(task, target, scalesOf, chunks);
    }
  };
};
