import type { CPUResults } from "../results.ts";
import { countThreads } from "./format.ts";
import { linearChart } from "./linear-chart.ts";
import { renderPage } from "./markdown.ts";
import { memoryChart } from "./memory-chart.ts";
import type { DrawnChart, Report } from "./write-report.ts";

export function cpuReport(results: CPUResults): Report {
  const charts = chartsOf(results);
  return { charts, page: renderPage(results, charts) };
}

/** Of the linear layer, one for each number of threads, fewest first; of quantize and dequantize, the last. */
function chartsOf(results: CPUResults): DrawnChart[] {
  const [{ linear }] = results.runs;
  const threads = [...new Set(linear.map((cell) => cell.threads))];
  return [
    ...threads.map((count) => ({
      file: `linear-${countThreads(count).replace(" ", "-")}.svg`,
      title: `Times of the linear layer, ${countThreads(count)}`,
      spec: linearChart(
        `Linear layer, host to host, ${countThreads(count)}, ${results.machine.cpu}`,
        linear.filter((cell) => cell.threads === count),
      ),
    })),
    { file: "memory.svg", title: "Bandwidth of quantize and dequantize", spec: memoryChart(results) },
  ];
}
