import type { CPUResults } from "../results.ts";
import { describeRun, findDoubt } from "./describe-run.ts";
import { errorGrid } from "./error-grid.ts";
import { countThreads } from "./format.ts";
import type { Grid } from "./grid.ts";
import { freshGrids, linearGrid, linearGrids, pickArms } from "./linear-grids.ts";
import { lossGrids } from "./loss-grid.ts";
import { memoryGrids } from "./memory-grids.ts";
import { renderSection, renderTable } from "./render-table.ts";
import { targetGrid } from "./targets.ts";
import type { Chart } from "./write-report.ts";

/** The page of a run: every figure, with the charts, which lie beside it. */
export function renderPage(results: CPUResults, charts: readonly Chart[]): string {
  const [run] = results.runs;
  return [
    "# Results",
    "Written by the bench from `results.json`; [the README](../README.md) says how it measures and how to read the tables.",
    ...introduction(results),
    "Times are medians in ms, ± half the distance of the quartiles. Speeds are multiples of onnxruntime-web's dynamic int8.",
    ...charts.map(({ file, title }) => `![${title}](${file})`),
    "## Targets",
    renderTable(targetGrid(run)),
    "## Losses",
    ...lossGrids(run).flatMap((grid) => [`${grid.title}.`, renderTable(grid)]),
    "## Linear",
    ...linearGrids(run).flatMap(renderSection),
    "## First calls",
    ...freshGrids(run).flatMap(renderSection),
    "## Errors",
    renderTable(errorGrid(run)),
    "## Quantize and dequantize",
    ...memoryGrids(run).flatMap(renderSection),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

/**
 * What a README shows of a run, on one thread: the first shape, quantize and dequantize, with the targets and what is faster.
 * `folder`: the relative path of the results.
 */
export function renderSummary(results: CPUResults, charts: readonly Chart[], folder: string): string {
  const [run] = results.runs;
  const section = (grid: Grid): string[] => [`**${grid.title}**`, renderTable(grid)];
  return [
    ...introduction(results),
    ...charts.map(({ file, title }) => `![${title}](${folder}/${file})`),
    "Times are medians in ms, ± half the distance of the quartiles; speeds are multiples of onnxruntime-web's dynamic int8.",
    ...section(linearGrids(run)[0]),
    ...memoryGrids(run)
      .filter((_, index) => run.memory[index].threads === 1)
      .flatMap(section),
    "**What the relaxed SIMD build was to reach**, 4096x4096",
    renderTable(targetGrid(run)),
    ...lossGrids(run).flatMap(section),
    `[All shapes, thread counts and charts](${folder}/README.md).`,
  ].join("\n\n");
}

/** Octet's build for current engines, and who wins or loses beside it. */
const shortList = [
  ...["octet-wasm-relaxed-int8", "octet-wasm-relaxed-int16", "octet-wasm-relaxed-float"],
  ...["ort-web-dynamic-int8", "ort-web-mat-mul-n-bits", "ort-web-float32"],
  ...["ort-node-dynamic-int8", "ort-node-mat-mul-n-bits-level-4"],
];

/** What the README of the repository shows of a run: a chart and a small table. `folder`: the relative path of the results. */
export function renderShortSummary(results: CPUResults, chart: Chart, folder: string): string {
  const [run] = results.runs;
  const [first] = run.linear;
  const cells = run.linear.filter(
    ({ outFeatures, inFeatures, rows, threads }) =>
      outFeatures === first?.outFeatures &&
      inFeatures === first.inFeatures &&
      threads === first.threads &&
      [1, 128].includes(rows),
  );
  const title = `Linear, weights ${first?.outFeatures}x${first?.inFeatures} (out x in), ${countThreads(first?.threads)}`;
  return [
    ...introduction(results),
    `![${chart.title}](${folder}/${chart.file})`,
    `**${title}**: medians in ms, ± half the distance of the quartiles; speeds are multiples of onnxruntime-web's dynamic int8.`,
    renderTable(linearGrid(title, pickArms(cells, shortList))),
    `[All arms, shapes and thread counts, quantize, what was to be reached, and what is faster](${folder}/README.md).`,
  ].join("\n\n");
}

function introduction(results: CPUResults): string[] {
  const doubt = findDoubt(results);
  return [describeRun(results), ...(doubt === undefined ? [] : [`**${doubt}**`])];
}
