import { linearChart } from "../../report/linear-chart.ts";
import type { DrawnChart, Report } from "../../report/write-report.ts";
import type { WebGPUResults } from "../../results.ts";
import { clockNames, describeAdapter } from "./describe-place.ts";
import { renderWebGPUPage } from "./markdown.ts";

export function webgpuReport(results: WebGPUResults): Report {
  const charts = chartsOf(results);
  return { charts, page: renderWebGPUPage(results, charts) };
}

/** One for each run. */
function chartsOf(results: WebGPUResults): DrawnChart[] {
  return results.runs.map((run) => {
    const [clock] = run.clocks;
    const title = `Linear layer, ${run.place}, ${describeAdapter(run.adapter)}, ${clockNames[clock]}`;
    const cells = run.linear.filter((cell) => cell.clock === clock);
    return { file: `linear-${slug(run.place)}.svg`, title, spec: linearChart(title, cells) };
  });
}

/** "headless Chromium 153.0.1" becomes "headless-chromium", so that a new version renews the file. */
const slug = (place: string): string =>
  place
    .replace(/[\d.,].*/, "")
    .trim()
    .toLowerCase()
    .replaceAll(" ", "-");
