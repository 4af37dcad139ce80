import { existsSync } from "node:fs";
import { join } from "node:path";
import { insertInDocuments, root } from "../../report/publish.ts";
import { readResults } from "../../report/results-file.ts";
import { writeReport } from "../../report/write-report.ts";
import type { CUDAResults, WebGPUResults } from "../../results.ts";
import { renderShortWebGPUSummary } from "../../webgpu/report/markdown.ts";
import { webgpuReport } from "../../webgpu/report/webgpu-report.ts";
import { cudaReport } from "./cuda-report.ts";
import { renderCUDASummary, renderShortCUDASummary } from "./markdown.ts";

/** Folders of results, from the root of the repository. */
export const cudaFolder = "apps/bench/results/cuda";
export const webgpuFolder = "apps/bench/results/webgpu-h200";

/** What was measured of WebGPU on the GPU of the CUDA results, if it was. */
export async function readWebGPUBeside(): Promise<WebGPUResults | undefined> {
  const folder = join(root, webgpuFolder);
  return existsSync(join(folder, "results.json")) ? await readResults<WebGPUResults>(folder) : undefined;
}

/**
 * Makes a check the one that the repository shows, with what was measured of WebGPU on the same GPU: pages and charts, and the figures
 * in the README of the bench, in that of the repository and in docs/cuda.md. Returns the paths of what was written, from the root of
 * the repository.
 */
export async function publishCUDA(results: CUDAResults, webgpu: WebGPUResults | undefined): Promise<string[]> {
  const report = cudaReport(results, webgpu);
  const { charts } = report;
  const pages = await writeReport(join(root, cudaFolder), results, report);
  const documents = {
    "apps/bench/README.md": renderCUDASummary(results, charts, "results", webgpu),
    "README.md": renderShortCUDASummary(results, charts[0], cudaFolder),
    "docs/cuda.md": renderCUDASummary(results, charts, "../apps/bench/results", webgpu),
  };
  return [
    ...pages.map((file) => `${cudaFolder}/${file}`),
    ...(await insertInDocuments(documents, "cuda")),
    ...(webgpu ? await publishBeside(webgpu) : []),
  ];
}

async function publishBeside(webgpu: WebGPUResults): Promise<string[]> {
  const report = webgpuReport(webgpu);
  const pages = await writeReport(join(root, webgpuFolder), webgpu, report);
  const documents = { "README.md": renderShortWebGPUSummary(webgpu, report.charts[0], webgpuFolder) };
  return [...pages.map((file) => `${webgpuFolder}/${file}`), ...(await insertInDocuments(documents, "webgpu"))];
}
