import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TopLevelSpec } from "vega-lite";
import type { Results } from "../results.ts";
import { countThreads } from "./format.ts";
import { linearChart } from "./linear-chart.ts";
import { type Chart, renderPage } from "./markdown.ts";
import { memoryChart } from "./memory-chart.ts";
import { renderChart } from "./render-chart.ts";

interface DrawnChart extends Chart {
  readonly spec: TopLevelSpec;
}

/** Of the linear layer, one for each number of threads, fewest first; of quantize and dequantize, the last. */
export function chartsOf(results: Results): DrawnChart[] {
  const threads = [...new Set(results.linear.map((cell) => cell.threads))];
  return [
    ...threads.map((count) => ({
      file: `linear-${countThreads(count).replace(" ", "-")}.svg`,
      title: `Times of the linear layer, ${countThreads(count)}`,
      spec: linearChart(
        `Linear layer, host to host, ${countThreads(count)}, ${results.machine.cpu}`,
        results.linear.filter((cell) => cell.threads === count),
      ),
    })),
    { file: "memory.svg", title: "Bandwidth of quantize and dequantize", spec: memoryChart(results) },
  ];
}

/** Writes `results.json` and everything that is made of it into a folder, and returns the names of the files. */
export async function writeReport(folder: string, results: Results): Promise<string[]> {
  const charts = chartsOf(results);
  await mkdir(folder, { recursive: true });
  for (const { file, spec } of charts) await writeFile(join(folder, file), await renderChart(spec));
  await writeFile(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(folder, "README.md"), renderPage(results, charts));
  return ["results.json", "README.md", ...charts.map(({ file }) => file)];
}

export async function readResults(folder: string): Promise<Results> {
  return JSON.parse(await readFile(join(folder, "results.json"), "utf8"));
}
