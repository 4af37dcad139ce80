import { describeMachine, findDoubt } from "../../report/describe-run.ts";
import { errorGrid } from "../../report/error-grid.ts";
import { linearGrid, pickArms } from "../../report/linear-grids.ts";
import { renderSection, renderTable } from "../../report/render-table.ts";
import type { Chart } from "../../report/write-report.ts";
import type { WebGPUResults, WebGPURun } from "../../results.ts";
import { clockNames, describeAdapter, describePlace } from "./describe-place.ts";
import { baseline, webgpuLinearGrids } from "./linear-grids.ts";
import { webgpuLossGrids } from "./loss-grids.ts";
import { quantizeGrids } from "./quantize-grids.ts";
import { webgpuTargetGrids } from "./targets.ts";

/** The tables of a run, with what a reader needs to know of its device. */
export function renderRun(run: WebGPURun): string[] {
  return [
    describePlace(run),
    ...[...webgpuLossGrids(run), ...webgpuLinearGrids(run), errorGrid(run), ...quantizeGrids(run)].flatMap(
      renderSection,
    ),
  ];
}

/** The page of all runs: every figure, with the charts, which lie beside it. */
export function renderWebGPUPage(results: WebGPUResults, charts: readonly Chart[]): string {
  const paragraphs = [
    "# WebGPU: results",
    "Written by the bench from `results.json`; [the README](../../README.md) says how it measures and how to read the tables.",
    ...introduction(results),
    "Times are medians in ms, ± half the distance of the quartiles. Speeds are multiples of onnxruntime-web's MatMulNBits of 8 bits on WebGPU.",
    ...webgpuTargetGrids(results.runs).flatMap(renderSection),
    ...results.runs.flatMap((run, index) => [
      `## ${run.place}`,
      `![${charts[index].title}](${charts[index].file})`,
      ...renderRun(run),
    ]),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/**
 * What a README shows: the first shape of the first run by its first clock, quantize, the targets of all. `folder`: the relative path
 * of the results.
 */
export function renderWebGPUSummary(results: WebGPUResults, charts: readonly Chart[], folder: string): string {
  const [run] = results.runs;
  return [
    ...introduction(results),
    describePlace(run),
    ...charts.map(({ file, title }) => `![${title}](${folder}/${file})`),
    ...[
      webgpuLinearGrids(run)[0],
      ...webgpuLossGrids(run).slice(0, 1),
      quantizeGrids(run)[0],
      ...webgpuTargetGrids(results.runs),
    ].flatMap((grid) => [`**${grid.title}**`, renderTable(grid)]),
    `[All tables and charts](${folder}/README.md).`,
  ].join("\n\n");
}

/** Octet, and who wins or loses beside it. */
const shortList = [
  ...["octet-webgpu-int8", "octet-webgpu-int16", "octet-webgpu-float"],
  ...[baseline, `${baseline}-level-4`, "ort-webgpu-float32", "tfjs-webgpu-float32"],
];

/** What the README of the repository shows of a run: a chart and a small table. `folder`: the relative path of the results. */
export function renderShortWebGPUSummary(results: WebGPUResults, chart: Chart, folder: string): string {
  const [run] = results.runs;
  const [first] = run.linear;
  const cells = run.linear.filter(
    ({ outFeatures, inFeatures, clock }) =>
      outFeatures === first?.outFeatures && inFeatures === first.inFeatures && clock === run.clocks[0],
  );
  const title = `Linear, weights ${first?.outFeatures}x${first?.inFeatures} (out x in), ${clockNames[run.clocks[0]]}`;
  const peers = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`);
  const doubt = findDoubt(results);
  return [
    `${describeAdapter(run.adapter)}, ${run.place}, ${results.date.slice(0, 10)}. Beside ${peers.join(", ")}, all on one device.`,
    ...(doubt === undefined ? [] : [`**${doubt}**`]),
    `![${chart.title}](${folder}/${chart.file})`,
    `**${title}**: medians in ms, ± half the distance of the quartiles; speeds are multiples of onnxruntime-web's MatMulNBits of 8 bits.`,
    renderTable(linearGrid(title, pickArms(cells, shortList), baseline)),
    `[All arms and shapes, wall time, quantize, and what is faster](${folder}/README.md).`,
  ].join("\n\n");
}

function introduction(results: WebGPUResults): string[] {
  const doubt = findDoubt(results);
  return [describeMachine(results), ...(doubt === undefined ? [] : [`**${doubt}**`])];
}
