import type { Grid } from "../../report/grid.ts";
import { lossGrid } from "../../report/loss-grid.ts";
import type { WebGPURun } from "../../results.ts";
import { clockNames } from "./describe-place.ts";

/** What is faster than Octet at a linear layer by the first clock of a run, a table for each shape; none where nothing is. */
export function webgpuLossGrids({ linear, clocks: [clock] }: Pick<WebGPURun, "linear" | "clocks">): Grid[] {
  const cells = linear.filter((cell) => cell.clock === clock);
  const shapes = Map.groupBy(cells, ({ outFeatures, inFeatures }) => `${outFeatures}x${inFeatures}`);
  return [...shapes]
    .map(([shape, ofShape]) =>
      lossGrid(
        { title: "Octet WebGPU", arms: "octet-webgpu" },
        `linear, weights ${shape}, ${clockNames[clock]}`,
        ofShape.map((cell) => ({ title: `M = ${cell.rows}`, cell })),
      ),
    )
    .filter(({ rows }) => rows.length > 0);
}
