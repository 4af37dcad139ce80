import type { Results } from "../results.ts";
import { describeRun, findDoubt } from "./describe-run.ts";
import { errorGrid } from "./error-grid.ts";
import { freshGrids, linearGrids } from "./linear-grids.ts";
import { memoryGrids } from "./memory-grids.ts";
import { renderSection, renderTable } from "./render-table.ts";
import { targetGrid } from "./targets.ts";

export interface Chart {
  readonly file: string;
  readonly title: string;
}

/** The page of a run: every figure, with the charts, which lie beside it. */
export function renderPage(results: Results, charts: readonly Chart[]): string {
  return [
    "# Results",
    "Written by the bench from `results.json`; [the README](../README.md) says how it measures and how to read the tables.",
    ...introduction(results),
    "Times are medians in ms, ± half the distance of the quartiles. Speeds are multiples of onnxruntime-web's dynamic int8.",
    ...charts.map(({ file, title }) => `![${title}](${file})`),
    "## Targets",
    renderTable(targetGrid(results)),
    "## Linear",
    ...linearGrids(results).flatMap(renderSection),
    "## First calls",
    ...freshGrids(results).flatMap(renderSection),
    "## Errors",
    renderTable(errorGrid(results)),
    "## Quantize and dequantize",
    ...memoryGrids(results).flatMap(renderSection),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

/** What a README shows of a run: the first shape with one thread, quantize, the targets. */
export function renderSummary(results: Results): string {
  const [linear] = linearGrids(results);
  const [memory] = memoryGrids(results);
  return [
    ...introduction(results),
    ...[linear, memory].flatMap((grid) => [`**${grid.title}**`, renderTable(grid)]),
    "**What the relaxed SIMD build was to reach**, 4096x4096",
    renderTable(targetGrid(results)),
    "[All shapes, thread counts and charts](results/README.md).",
  ].join("\n\n");
}

/** What the README of the repository shows of a run: the linear layer in the first shape on one thread. */
export function renderHeadline(results: Results): string {
  const [linear] = linearGrids(results);
  return [
    ...introduction(results),
    `**${linear.title}**: medians in ms, ± half the distance of the quartiles; speed as a multiple of onnxruntime-web's dynamic int8`,
    renderTable(linear),
    "[Other shapes, two threads, quantize and dequantize, charts](apps/bench/results/README.md).",
  ].join("\n\n");
}

function introduction(results: Results): string[] {
  const doubt = findDoubt(results);
  return [describeRun(results), ...(doubt === undefined ? [] : [`**${doubt}**`])];
}
