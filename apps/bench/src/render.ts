/** Writes charts, pages of results and the figures in documents once more, from the JSON of the last full runs. */
import { fileURLToPath } from "node:url";
import { publishCUDA } from "./cuda/report/publish.ts";
import { publish } from "./report/publish.ts";
import { readResults } from "./report/write-report.ts";
import { publishWebGPU } from "./webgpu/report/publish.ts";
import { readWebGPUResults } from "./webgpu/report/write-report.ts";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const written = [
  ...(await publish(await readResults(folder("../results")))),
  ...(await publishWebGPU(await readWebGPUResults(folder("../results/webgpu")))),
  ...(await publishCUDA()),
];
for (const file of new Set(written)) console.log(file);
