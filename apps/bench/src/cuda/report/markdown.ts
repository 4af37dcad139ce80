import type { Grid } from "../../report/grid.ts";
import type { Chart } from "../../report/markdown.ts";
import { renderSection, renderTable } from "../../report/render-table.ts";
import { describePlace } from "../../webgpu/report/describe-place.ts";
import type { WebGPUResults } from "../../webgpu/results.ts";
import { cudaArms } from "../linear-cells.ts";
import type { CUDACheck } from "../results.ts";
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
export function renderCUDAPage(check: CUDACheck, charts: readonly Chart[], webgpu?: WebGPUResults): string {
  const paragraphs = [
    `# CUDA on ${check.bench.device.name}: results`,
    "Written by the bench from `check.json`, `bench.json` and `torch.json`, which the check of `@octet/cuda` left beside it; " +
      "[docs/cuda.md](../../../../docs/cuda.md#on-a-gpu) says how it measures.",
    describeGPU(check),
    describeCeilings(check),
    describeDoubt(check),
    renderTable(partGrid(check.check)),
    "## Goals",
    ...goalGrids(check).flatMap(renderSection),
    "## Losses",
    ...lossParagraphs(check),
    "## Linear",
    imageOf(charts[0], ""),
    reading,
    ...cudaLinearGrids(check).flatMap(renderSection),
    ...notesOf(check),
    "## Quantize and dequantize",
    imageOf(charts[1], ""),
    ...elementwiseGrids(check.bench).flatMap(renderSection),
    ...callGrids(check.check).flatMap((grid) => [`## ${grid.title}`, renderTable(grid)]),
    ...besideWebGPU(check, webgpu, "../webgpu-h200/README.md"),
    ...leftOut(check),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** What a document shows of a check. `results`: the relative path of the folder of results. */
export function renderCUDASummary(
  check: CUDACheck,
  charts: readonly Chart[],
  results: string,
  webgpu?: WebGPUResults,
): string {
  const section = (grid: Grid): string[] => [`**${grid.title}**`, renderTable(grid), ...(grid.notes ?? [])];
  return [
    describeGPU(check),
    ...charts.map((chart) => imageOf(chart, `${results}/cuda/`)),
    reading,
    ...section(cudaLinearGrids(check)[0]),
    ...goalGrids(check).flatMap(section),
    ...section(lossGrid(check)),
    ...section(elementwiseGrids(check.bench)[0]),
    ...(webgpu === undefined ? [] : gpuGrids(check, webgpu.runs[0]).slice(0, 1).flatMap(section)),
    `[All shapes, ceilings, what was checked, and what a call costs](${results}/cuda/README.md).`,
  ].join("\n\n");
}

/** What the README of the repository shows of a check: a chart and the first shape, without PyTorch's slowest ways. */
export function renderShortCUDASummary(check: CUDACheck, chart: Chart, folder: string): string {
  const arms = cudaArms.filter(({ id }) => !["torch-int-mm-row-major", "torch-weight-int8pack-mm"].includes(id));
  const [grid] = cudaLinearGrids(check, arms);
  return [
    describeGPU(check),
    imageOf(chart, `${folder}/`),
    `**${grid.title}**: medians; in brackets, speed as a multiple of cuBLASLt's float16, the best of up to 24 algorithms. Raw products are sums without scales.`,
    renderTable(grid),
    ...(grid.notes ?? []),
    `[All shapes, goals, what is faster, quantize, WebGPU on the same GPU, and what was checked](${folder}/README.md).`,
  ].join("\n\n");
}

const imageOf = ({ file, title }: Chart, folder: string): string => `![${title}](${folder}${file})`;

function lossParagraphs(check: CUDACheck): string[] {
  const grid = lossGrid(check);
  return grid.rows.length === 0 ? ["None."] : [`${grid.title}.`, renderTable(grid)];
}

/** What the bench says of Octet's own arms, each sentence once. */
function notesOf({ bench }: CUDACheck): string[] {
  const arms = bench.linear.flatMap(({ arms }) => arms).filter(({ name }) => name.startsWith("octet-"));
  return [...new Set(arms.flatMap(({ note }) => note ?? []))];
}

function besideWebGPU(check: CUDACheck, webgpu: WebGPUResults | undefined, page: string): string[] {
  if (webgpu === undefined) return [];
  const [run] = webgpu.runs;
  return [
    "## WebGPU on the same GPU",
    `${describePlace(run)} [All of it](${page}).`,
    ...gpuGrids(check, run).flatMap(renderSection),
  ];
}

function leftOut({ bench, torch }: CUDACheck): string[] {
  const lines = [...bench.leftOut, ...(torch?.leftOut ?? [])];
  return lines.length === 0 ? [] : ["## Left out", lines.map((line) => `- ${line}`).join("\n")];
}
