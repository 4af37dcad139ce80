import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CPUResults, CUDAResults, WebGPUResults } from "../results.ts";

/** Results of one platform. */
export type AnyResults = CPUResults | WebGPUResults | CUDAResults;

const name = "results.json";

/** The file of results in a folder. @throws for another schema */
export async function readResults<R extends AnyResults = AnyResults>(folder: string): Promise<R> {
  return parseResults(await readFile(join(folder, name), "utf8"));
}

/** @throws for another schema */
export function parseResults<R extends AnyResults>(text: string): R {
  const results: R = JSON.parse(text);
  if (results.schema !== 2) throw new Error(`the results have the schema ${results.schema}; this bench reads schema 2`);
  return results;
}

/** Writes the file of results into a folder, and returns its name. */
export async function writeResults(folder: string, results: AnyResults): Promise<string> {
  await writeFile(join(folder, name), formatResults(results));
  return name;
}

/** JSON without spaces, a cell a line: short, and a difference shows which cell differs. */
export function formatResults(results: AnyResults): string {
  const lines = JSON.stringify(results)
    .replaceAll('{"job":', '\n{"job":')
    .replaceAll('{"outFeatures":', '\n{"outFeatures":');
  return `${lines}\n`;
}
