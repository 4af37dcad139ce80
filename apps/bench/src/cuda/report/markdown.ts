import type { Grid } from "../../report/grid.ts";
import { renderSection, renderTable } from "../../report/render-table.ts";
import type { Chart } from "../../report/write-report.ts";
import type { CUDAResults, CUDARun, WebGPUResults } from "../../results.ts";
import { describePlace } from "../../webgpu/report/describe-place.ts";
import { cudaArms } from "../linear-cells.ts";
import { gpuGrids } from "./beside-webgpu.ts";
import { callGrids, partGrid } from "./check-grids.ts";
import { describeCeilings, describeDoubt, describeGPU } from "./describe-check.ts";
import { elementwiseGrids } from "./elementwise-grids.ts";
import { goalGrids } from "./goals.ts";
import { cudaLinearGrids, lossGrid } from "./linear-grids.ts";

const reading =
  "Times are medians; in brackets, speed as a multiple of cuBLASLt's float16, the best of up to 24 algorithms in the same run. x is float16. " +
  "W8A16 multiplies it by int8 weights as it is; int16 and int8 quantize it first, which counts. Raw products are sums without scales: they do less. " +
  "From compute capability 9.0 on, an op of Octet may start while the one before ends, as in a chain of layers; cuBLASLt's kernels start one after another.";

/** The page of a check: every figure, with the charts, which lie beside it. */
export function renderCUDAPage(results: CUDAResults, charts: readonly Chart[], webgpu?: WebGPUResults): string {
  const [run] = results.runs;
  const paragraphs = [
    `# CUDA on ${run.place}: results`,
    "Written by the bench from `results.json`, which holds what the check of `@octet/cuda` found; " +
      "[docs/cuda.md](../../../../docs/cuda.md#on-a-gpu) says how it measures.",
    describeGPU(results),
    describeCeilings(run),
    describeDoubt(run),
    renderTable(partGrid(run)),
    "## Goals",
    ...goalGrids(run).flatMap(renderSection),
    "## Losses",
    ...lossParagraphs(run),
    "## Linear",
    imageOf(charts[0], ""),
    reading,
    ...cudaLinearGrids(run).flatMap(renderSection),
    ...notesOf(run),
    "## Quantize and dequantize",
    imageOf(charts[1], ""),
    ...elementwiseGrids(run).flatMap(renderSection),
    ...callGrids(run).flatMap((grid) => [`## ${grid.title}`, renderTable(grid)]),
    ...besideWebGPU(run, webgpu, "../webgpu-h200/README.md"),
    ...leftOut(run),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** What a document shows of a check. `folder`: the relative path of the folder of results. */
export function renderCUDASummary(
  results: CUDAResults,
  charts: readonly Chart[],
  folder: string,
  webgpu?: WebGPUResults,
): string {
  const [run] = results.runs;
  const section = (grid: Grid): string[] => [`**${grid.title}**`, renderTable(grid), ...(grid.notes ?? [])];
  return [
    describeGPU(results),
    ...charts.map((chart) => imageOf(chart, `${folder}/cuda/`)),
    reading,
    ...section(cudaLinearGrids(run)[0]),
    ...goalGrids(run).flatMap(section),
    ...section(lossGrid(run)),
    ...section(elementwiseGrids(run)[0]),
    ...(webgpu === undefined ? [] : gpuGrids(run, webgpu.runs[0]).slice(0, 1).flatMap(section)),
    `[All shapes, ceilings, what was checked, and what a call costs](${folder}/cuda/README.md).`,
  ].join("\n\n");
}

/** What the README of the repository shows of a check: a chart and the first shape, without PyTorch's slowest ways. */
export function renderShortCUDASummary(results: CUDAResults, chart: Chart, folder: string): string {
  const [run] = results.runs;
  const arms = cudaArms.filter(({ id }) => !["torch-int-mm-row-major", "torch-weight-int8pack-mm"].includes(id));
  const [grid] = cudaLinearGrids(run, arms);
  return [
    describeGPU(results),
    imageOf(chart, `${folder}/`),
    `**${grid.title}**: medians; in brackets, speed as a multiple of cuBLASLt's float16, the best of up to 24 algorithms. Raw products are sums without scales.`,
    renderTable(grid),
    ...(grid.notes ?? []),
    `[All shapes, goals, what is faster, quantize, WebGPU on the same GPU, and what was checked](${folder}/README.md).`,
  ].join("\n\n");
}

const imageOf = ({ file, title }: Chart, folder: string): string => `![${title}](${folder}${file})`;

function lossParagraphs(run: CUDARun): string[] {
  const grid = lossGrid(run);
  return grid.rows.length === 0 ? ["None."] : [`${grid.title}.`, renderTable(grid)];
}

/** What the bench says of Octet's own arms, each sentence once. */
function notesOf({ linear }: CUDARun): string[] {
  const own = linear.flatMap(({ arms }) => arms).filter(({ arm }) => arm.startsWith("octet-"));
  return [...new Set(own.flatMap((outcome) => (outcome.status === "timed" ? (outcome.note ?? []) : [])))];
}

function besideWebGPU(run: CUDARun, webgpu: WebGPUResults | undefined, page: string): string[] {
  if (webgpu === undefined) return [];
  const [beside] = webgpu.runs;
  return [
    "## WebGPU on the same GPU",
    `${describePlace(beside)} [All of it](${page}).`,
    ...gpuGrids(run, beside).flatMap(renderSection),
  ];
}

function leftOut({ leftOut }: CUDARun): string[] {
  return leftOut.length === 0 ? [] : ["## Left out", leftOut.map((line) => `- ${line}`).join("\n")];
}
