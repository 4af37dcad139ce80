import { formatNumber, formatShare } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import { bandwidthOf, shareOfCopy } from "../bandwidth.ts";
import type { BenchReport } from "../results.ts";

const scales: Readonly<Record<string, string>> = {
  rows: "a scale per row",
  columns: "a scale per column",
  groups: "a scale per 128 of a row",
  tensor: "one scale",
};

/** "quantize-rows" becomes "quantize, a scale per row". */
export function titleOfOp(name: string): string {
  const [op, layout] = name.split("-");
  return layout === undefined ? op : `${op}, ${scales[layout] ?? layout}`;
}

/** A table for each tensor: what quantize, dequantize and a copy move. */
export function elementwiseGrids({ elementwise }: BenchReport): Grid[] {
  return elementwise.map((cell) => ({
    title: `Quantize and dequantize, ${cell.rows}x${cell.columns} float16`,
    columns: [left("op"), right("µs"), right("GB/s read and written"), right("of a copy")],
    rows: cell.arms.map(({ name, microseconds }) => [
      titleOfOp(name),
      formatNumber(microseconds),
      formatNumber(bandwidthOf(cell, name)!),
      formatShare(shareOfCopy(cell, name) ?? Number.NaN),
    ]),
  }));
}
