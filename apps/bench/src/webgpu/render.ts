/** Writes charts and the page of results beside the `results.json` in the folder that it is given. */
import { readResults } from "../report/results-file.ts";
import { writeReport } from "../report/write-report.ts";
import type { WebGPUResults } from "../results.ts";
import { webgpuReport } from "./report/webgpu-report.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder with results.json is missing");
const results = await readResults<WebGPUResults>(folder);
for (const file of await writeReport(folder, results, webgpuReport(results))) console.log(file);
