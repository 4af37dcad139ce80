import type { TopLevelSpec } from "vega-lite";
import { bandwidthOf } from "../../report/memory-grids.ts";
import type { CUDARun } from "../../results.ts";

/** GB/s that quantize, dequantize and a copy read and write, a panel for each tensor. */
export function bandwidthChart({ place, memory }: Pick<CUDARun, "place" | "memory">): TopLevelSpec {
  const values = memory.flatMap((cell) =>
    cell.arms.map(({ arm, title }) => ({
      tensor: `${cell.outFeatures}x${cell.inFeatures}`,
      op: title,
      kind: arm.split("-")[0],
      gigabytes: bandwidthOf(cell, arm)! / 1e9,
    })),
  );
  const inOrder = { sort: null } as const;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: `float16 to int8 and back, ${place}`,
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
