/** Writes the charts, the page of results and the README's figures once more, from the JSON of the last full run. */
import { fileURLToPath } from "node:url";
import { publish } from "./report/publish.ts";
import { readResults } from "./report/write-report.ts";

const results = await readResults(fileURLToPath(new URL("../results", import.meta.url)));
for (const file of await publish(results)) console.log(file);
