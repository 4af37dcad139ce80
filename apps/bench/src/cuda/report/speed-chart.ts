import type { TopLevelSpec } from "vega-lite";
import type { CUDARun } from "../../results.ts";
import { baseline, cellsByShape, cudaArms, speedOver } from "../linear-cells.ts";

/** In the order of the arms that the chart shows. */
const colors: Readonly<Record<string, string>> = {
  "octet-float16": "#1f77b4",
  "octet-int16": "#2ca02c",
  "octet-int8": "#d62728",
  "cublaslt-int8-raw": "#7f7f7f",
  "torch-float16": "#bcbd22",
  "torch-int-mm": "#9467bd",
  "torch-weight-int8pack-mm": "#8c564b",
};

/** How many times as fast as cuBLASLt's float16 each arm is: a panel for each shape, a line for each arm, over the rows of activations. */
export function speedChart(run: Pick<CUDARun, "place" | "linear">): TopLevelSpec {
  const arms = cudaArms.filter(({ id }) => id in colors);
  const shapes = [...cellsByShape(run)];
  const values = shapes.flatMap(([shape, cells]) =>
    cells.flatMap((cell) =>
      arms.flatMap(({ id, title, library }) => {
        const speed = speedOver(cell, id, baseline);
        return speed === undefined ? [] : [{ shape, m: cell.rows, arm: title, library, speed }];
      }),
    ),
  );
  const shown = arms.filter(({ title }) => values.some(({ arm }) => arm === title));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: `Linear layer, speed as a multiple of cuBLASLt's float16, ${run.place}`,
    background: "white",
    data: { values },
    facet: { column: { field: "shape", title: "weights, N x K", sort: shapes.map(([shape]) => shape) } },
    spec: {
      width: 260,
      height: 300,
      layer: [
        { mark: { type: "rule", color: "black", strokeDash: [2, 2] }, encoding: { y: { datum: 1 } } },
        {
          mark: { type: "line", point: true },
          encoding: {
            x: { field: "m", type: "ordinal", title: "M, rows of activations", axis: { labelAngle: 0 } },
            y: { field: "speed", type: "quantitative", title: "times as fast, more is better" },
            color: {
              field: "arm",
              title: null,
              sort: null,
              scale: { domain: shown.map(({ title }) => title), range: shown.map(({ id }) => colors[id]) },
              legend: { orient: "bottom", columns: 4, labelLimit: 400 },
            },
            strokeDash: {
              field: "library",
              scale: { domain: ["Octet", "cuBLASLt", "PyTorch"], range: [[], [6, 3], [2, 3]] },
              legend: null,
            },
          },
        },
      ],
    },
  };
}
