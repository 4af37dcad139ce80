import type { Grid } from "../../report/grid.ts";
import { linearGrid } from "../../report/linear-grids.ts";
import type { WebGPURun } from "../../results.ts";
import { clockNames } from "./describe-place.ts";

/** What 8 bits run as on WebGPU without Octet: 1× in every table. */
export const baseline = "ort-webgpu-mat-mul-n-bits";

/** A table for each shape and clock. */
export function webgpuLinearGrids({ linear }: Pick<WebGPURun, "linear">): Grid[] {
  const groups = Map.groupBy(linear, ({ outFeatures, inFeatures, clock }) => `${outFeatures} ${inFeatures} ${clock}`);
  return [...groups.values()].map((cells) => {
    const { outFeatures, inFeatures, clock } = cells[0];
    return linearGrid(`Linear, weights ${outFeatures}x${inFeatures} (out x in), ${clockNames[clock]}`, cells, baseline);
  });
}
