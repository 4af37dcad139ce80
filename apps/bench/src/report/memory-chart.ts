import type { TopLevelSpec } from "vega-lite";
import type { CPUResults } from "../results.ts";
import { countThreads } from "./format.ts";
import { bandwidthOf } from "./memory-grids.ts";

/** Bytes read and written per second while quantizing and dequantizing, beside a copy of the same matrix. */
export function memoryChart({ machine, runs: [{ memory }] }: CPUResults): TopLevelSpec {
  const values = memory.flatMap((cell) =>
    cell.arms.flatMap(({ arm, library, title, status }) =>
      status === "timed"
        ? [
            {
              job: cell.job,
              threads: countThreads(cell.threads),
              library,
              arm: `${library}: ${title}`,
              gigabytes: bandwidthOf(cell, arm)! / 1e9,
            },
          ]
        : [],
    ),
  );
  const inOrder = { sort: null } as const;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: `float32 to int8 and back, a scale per row, ${machine.cpu}`,
    background: "white",
    data: { values },
    mark: { type: "bar" },
    width: 260,
    height: { step: 18 },
    encoding: {
      column: { field: "threads", title: null, ...inOrder },
      row: { field: "job", title: null, sort: ["quantize", "dequantize"] },
      x: { field: "gigabytes", type: "quantitative", title: "GB/s read and written, more is better" },
      y: { field: "arm", title: null, ...inOrder, axis: { labelLimit: 600 } },
      color: { field: "library", title: null, ...inOrder, legend: null },
    },
  };
}
