import { join } from "node:path";
import { insertInDocuments, root } from "../../report/publish.ts";
import { writeReport } from "../../report/write-report.ts";
import type { WebGPUResults } from "../../results.ts";
import { renderWebGPUSummary } from "./markdown.ts";
import { webgpuReport } from "./webgpu-report.ts";

/**
 * Makes a run the one that the repository shows: in the folder `results/webgpu` and in the README of the bench. (That of the repository
 * shows WebGPU on a GPU.)
 * Returns the paths of what was written, from the root of the repository.
 */
export async function publishWebGPU(results: WebGPUResults): Promise<string[]> {
  const folder = "apps/bench/results/webgpu";
  const report = webgpuReport(results);
  const written = await writeReport(join(root, folder), results, report);
  const charts = report.charts.slice(0, 1);
  const documents = {
    "apps/bench/README.md": renderWebGPUSummary(results, charts, "results/webgpu"),
  };
  return [...written.map((file) => `${folder}/${file}`), ...(await insertInDocuments(documents, "webgpu"))];
}
