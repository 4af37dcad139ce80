import type { TopLevelSpec } from "vega-lite";
import type { LinearCell } from "../results.ts";

/**
 * Times of the linear layer: a panel for each shape and number of rows, a dot for each median on a
 * logarithmic axis, a line from quartile to quartile.
 */
export function linearChart(title: string, cells: readonly LinearCell[]): TopLevelSpec {
  const values = cells.flatMap(({ outFeatures, inFeatures, rows, arms }) =>
    arms.flatMap((outcome) =>
      outcome.status === "timed"
        ? [
            {
              shape: `${outFeatures}x${inFeatures}`,
              rows: `M = ${rows}`,
              library: outcome.library,
              arm: `${outcome.library}: ${outcome.title}`,
              ...outcome.repeated,
            },
          ]
        : [],
    ),
  );
  const inOrder = { sort: null } as const;
  const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title,
    background: "white",
    data: { values },
    facet: {
      column: { field: "rows", title: null, sort: unique(values.map(({ rows }) => rows)) },
      row: { field: "shape", title: null, sort: unique(values.map(({ shape }) => shape)) },
    },
    spec: {
      width: 220,
      height: { step: 15 },
      encoding: {
        y: { field: "arm", title: null, ...inOrder, axis: { labelLimit: 600, grid: true } },
        color: { field: "library", title: null, ...inOrder, legend: null },
      },
      layer: [
        {
          mark: { type: "rule", strokeWidth: 2 },
          encoding: {
            x: { field: "lower", type: "quantitative", scale: { type: "log" }, title: "ms, less is better" },
            x2: { field: "upper" },
          },
        },
        {
          mark: { type: "point", filled: true, size: 60, opacity: 1 },
          encoding: { x: { field: "median", type: "quantitative" } },
        },
      ],
    },
    resolve: { scale: { x: "independent" } },
  };
}
