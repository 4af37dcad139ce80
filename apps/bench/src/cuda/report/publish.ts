import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TopLevelSpec } from "vega-lite";
import type { Chart } from "../../report/markdown.ts";
import { insertInDocuments, root } from "../../report/publish.ts";
import { renderChart } from "../../report/render-chart.ts";
import { renderShortWebGPUSummary } from "../../webgpu/report/markdown.ts";
import { readWebGPUResults, webgpuChartsOf, writeWebGPUReport } from "../../webgpu/report/write-report.ts";
import type { WebGPUResults } from "../../webgpu/results.ts";
import { readCheck } from "../read-check.ts";
import type { CUDACheck } from "../results.ts";
import { bandwidthChart } from "./bandwidth-chart.ts";
import { renderCUDAPage, renderCUDASummary, renderShortCUDASummary } from "./markdown.ts";
import { speedChart } from "./speed-chart.ts";

/** Folders of results, from the root of the repository. */
export const cudaFolder = "apps/bench/results/cuda";
export const webgpuFolder = "apps/bench/results/webgpu-h200";

interface DrawnChart extends Chart {
  readonly spec: TopLevelSpec;
}

const chartsOf = (check: CUDACheck): DrawnChart[] => [
  { file: "linear.svg", title: "Speed of the linear layer over cuBLASLt's float16", spec: speedChart(check) },
  { file: "elementwise.svg", title: "Bandwidth of quantize and dequantize", spec: bandwidthChart(check.bench) },
];

/** Writes charts and page of a check into a folder, and returns the names of the files. */
export async function writeCUDAReport(folder: string, check: CUDACheck, webgpu?: WebGPUResults): Promise<string[]> {
  const charts = chartsOf(check);
  await mkdir(folder, { recursive: true });
  for (const { file, spec } of charts) await writeFile(join(folder, file), await renderChart(spec));
  await writeFile(join(folder, "README.md"), renderCUDAPage(check, charts, webgpu));
  return ["README.md", ...charts.map(({ file }) => file)];
}

/**
 * Renews all that the repository shows of the check in `results/cuda`, and of WebGPU on the same GPU if that was measured: pages and
 * charts, and the figures in the README of the bench, in that of the repository and in docs/cuda.md. Returns the paths of what was
 * written, from the root of the repository.
 */
export async function publishCUDA(): Promise<string[]> {
  const check = await readCheck(join(root, cudaFolder));
  const hasWebGPU = existsSync(join(root, webgpuFolder, "results.json"));
  const webgpu = hasWebGPU ? await readWebGPUResults(join(root, webgpuFolder)) : undefined;
  const pages = await writeCUDAReport(join(root, cudaFolder), check, webgpu);
  const webgpuPages = webgpu ? await writeWebGPUReport(join(root, webgpuFolder), webgpu) : [];
  const charts = chartsOf(check);
  const documents = {
    "apps/bench/README.md": renderCUDASummary(check, charts, "results", webgpu),
    "README.md": renderShortCUDASummary(check, charts[0], cudaFolder),
    "docs/cuda.md": renderCUDASummary(check, charts, "../apps/bench/results", webgpu),
  };
  return [
    ...pages.map((file) => `${cudaFolder}/${file}`),
    ...webgpuPages.map((file) => `${webgpuFolder}/${file}`),
    ...(await insertInDocuments(documents, "cuda")),
    ...(webgpu
      ? await insertInDocuments(
          { "README.md": renderShortWebGPUSummary(webgpu, webgpuChartsOf(webgpu)[0], webgpuFolder) },
          "webgpu",
        )
      : []),
  ];
}
