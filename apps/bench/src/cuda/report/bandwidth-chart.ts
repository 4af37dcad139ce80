import type { TopLevelSpec } from "vega-lite";
import { bandwidthOf } from "../bandwidth.ts";
import type { BenchReport } from "../results.ts";
import { titleOfOp } from "./elementwise-grids.ts";

/** GB/s that quantize, dequantize and a copy read and write, a panel for each tensor. */
export function bandwidthChart({ device, elementwise }: BenchReport): TopLevelSpec {
  const values = elementwise.flatMap((cell) =>
    cell.arms.map(({ name }) => ({
      tensor: `${cell.rows}x${cell.columns}`,
      op: titleOfOp(name),
      kind: name.split("-")[0],
      gigabytes: bandwidthOf(cell, name)!,
    })),
  );
  const inOrder = { sort: null } as const;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: `float16 to int8 and back, ${device.name}`,
    background: "white",
    data: { values },
    mark: { type: "bar" },
    width: 300,
    height: { step: 18 },
    encoding: {
      column: { field: "tensor", title: null, sort: [...new Set(values.map(({ tensor }) => tensor))] },
      x: { field: "gigabytes", type: "quantitative", title: "GB/s read and written, more is better" },
      y: { field: "op", title: null, ...inOrder, axis: { labelLimit: 600 } },
      color: { field: "kind", title: null, ...inOrder, legend: null },
    },
  };
}
