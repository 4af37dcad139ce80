import { formatNumber, formatShare } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import { bandwidthOf } from "../../report/memory-grids.ts";
import type { CUDARun } from "../../results.ts";
import { shareOfCopy } from "../bandwidth.ts";
import { microsecondsOf } from "../linear-cells.ts";

/** A table for each tensor: what quantize, dequantize and a copy move. */
export function elementwiseGrids({ memory }: Pick<CUDARun, "memory">): Grid[] {
  return memory.map((cell) => ({
    title: `Quantize and dequantize, ${cell.outFeatures}x${cell.inFeatures} float16`,
    columns: [left("op"), right("µs"), right("GB/s read and written"), right("of a copy")],
    rows: cell.arms.map(({ arm, title }) => [
      title,
      formatNumber(microsecondsOf(cell, arm)!),
      formatNumber(bandwidthOf(cell, arm)! / 1e9),
      formatShare(shareOfCopy(cell, arm) ?? Number.NaN),
    ]),
  }));
}
