/** Writes charts, pages of results and the figures in documents once more, from the JSON of the last full runs. */
import { fileURLToPath } from "node:url";
import { publishCUDA, readWebGPUBeside } from "./cuda/report/publish.ts";
import { publish } from "./report/publish.ts";
import { readResults } from "./report/results-file.ts";
import type { CPUResults, CUDAResults, WebGPUResults } from "./results.ts";
import { publishWebGPU } from "./webgpu/report/publish.ts";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const written = [
  ...(await publish(await readResults<CPUResults>(folder("../results")))),
  ...(await publishWebGPU(await readResults<WebGPUResults>(folder("../results/webgpu")))),
  ...(await publishCUDA(await readResults<CUDAResults>(folder("../results/cuda")), await readWebGPUBeside())),
];
for (const file of new Set(written)) console.log(file);
