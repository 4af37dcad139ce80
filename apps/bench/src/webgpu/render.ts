/** Writes charts and the page of results beside the `results.json` in the folder that it is given. */
import { readWebGPUResults, writeWebGPUReport } from "./report/write-report.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder with results.json is missing");
for (const file of await writeWebGPUReport(folder, await readWebGPUResults(folder))) console.log(file);
