import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TopLevelSpec } from "vega-lite";
import { renderChart } from "./render-chart.ts";
import { type AnyResults, writeResults } from "./results-file.ts";

export interface Chart {
  readonly file: string;
  readonly title: string;
}

export interface DrawnChart extends Chart {
  readonly spec: TopLevelSpec;
}

/** What is made of the results of a platform: charts, and a page with every figure that shows them. */
export interface Report {
  readonly charts: readonly DrawnChart[];
  readonly page: string;
}

/** Writes results and what is made of them into a folder, and returns the names of the files. */
export async function writeReport(folder: string, results: AnyResults, { charts, page }: Report): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  for (const { file, spec } of charts) await writeFile(join(folder, file), await renderChart(spec));
  await writeFile(join(folder, "README.md"), page);
  return [await writeResults(folder, results), "README.md", ...charts.map(({ file }) => file)];
}
