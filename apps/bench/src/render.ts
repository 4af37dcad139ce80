/** Writes the charts, the page of results and the README's figures once more, from the JSON of the last full run. */
import { fileURLToPath } from "node:url";
import { publish } from "./report/publish.ts";
import { readResults } from "./report/write-report.ts";
import { publishWebGPU } from "./webgpu/report/publish.ts";
import { readWebGPUResults } from "./webgpu/report/write-report.ts";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const written = [
  ...(await publish(await readResults(folder("../results")))),
  ...(await publishWebGPU(await readWebGPUResults(folder("../results/webgpu")))),
];
for (const file of written) console.log(file);
