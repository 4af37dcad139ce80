import type { Report } from "../../report/write-report.ts";
import type { CUDAResults, WebGPUResults } from "../../results.ts";
import { bandwidthChart } from "./bandwidth-chart.ts";
import { renderCUDAPage } from "./markdown.ts";
import { speedChart } from "./speed-chart.ts";

/** `webgpu`: what was measured on the same GPU. */
export function cudaReport(results: CUDAResults, webgpu?: WebGPUResults): Report {
  const [run] = results.runs;
  const charts = [
    { file: "linear.svg", title: "Speed of the linear layer over cuBLASLt's float16", spec: speedChart(run) },
    { file: "elementwise.svg", title: "Bandwidth of quantize and dequantize", spec: bandwidthChart(run) },
  ];
  return { charts, page: renderCUDAPage(results, charts, webgpu) };
}
