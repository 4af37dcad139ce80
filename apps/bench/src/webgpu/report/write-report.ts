import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TopLevelSpec } from "vega-lite";
import { linearChart } from "../../report/linear-chart.ts";
import type { Chart } from "../../report/markdown.ts";
import { renderChart } from "../../report/render-chart.ts";
import type { WebGPUResults } from "../results.ts";
import { clockNames, describeAdapter } from "./describe-place.ts";
import { renderWebGPUPage } from "./markdown.ts";

interface DrawnChart extends Chart {
  readonly spec: TopLevelSpec;
}

/** One for each run. */
export function webgpuChartsOf(results: WebGPUResults): DrawnChart[] {
  return results.runs.map((run) => {
    const [clock] = run.clocks;
    const title = `Linear layer, ${run.place}, ${describeAdapter(run.adapter)}, ${clockNames[clock]}`;
    const cells = run.linear.filter((cell) => cell.clock === clock);
    return { file: `linear-${slug(run.place)}.svg`, title, spec: linearChart(title, cells) };
  });
}

/** Writes `results.json` and everything that is made of it into a folder, and returns the names of the files. */
export async function writeWebGPUReport(folder: string, results: WebGPUResults): Promise<string[]> {
  const charts = webgpuChartsOf(results);
  await mkdir(folder, { recursive: true });
  for (const { file, spec } of charts) await writeFile(join(folder, file), await renderChart(spec));
  await writeFile(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(folder, "README.md"), renderWebGPUPage(results, charts));
  return ["results.json", "README.md", ...charts.map(({ file }) => file)];
}

export async function readWebGPUResults(folder: string): Promise<WebGPUResults> {
  return JSON.parse(await readFile(join(folder, "results.json"), "utf8"));
}

/** "headless Chromium 153.0.1" becomes "headless-chromium", so that a new version renews the file. */
const slug = (place: string): string =>
  place
    .replace(/[\d.,].*/, "")
    .trim()
    .toLowerCase()
    .replaceAll(" ", "-");
