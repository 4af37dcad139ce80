import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CPUResults } from "../results.ts";
import { cpuReport } from "./cpu-report.ts";
import { insertBetweenMarks, type Mark } from "./insert.ts";
import { renderShortSummary, renderSummary } from "./markdown.ts";
import { writeReport } from "./write-report.ts";

/** Of the repository. */
export const root: string = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * Makes a run the one that the repository shows: in the folder `results`, in the README of the bench and in that of the repository.
 * Returns the paths of what was written, from the root of the repository.
 */
export async function publish(results: CPUResults): Promise<string[]> {
  const folder = "apps/bench/results";
  const report = cpuReport(results);
  const written = await writeReport(join(root, folder), results, report);
  const all = report.charts;
  const charts = [all[0], all[all.length - 1]];
  const documents = {
    "apps/bench/README.md": renderSummary(results, charts, "results"),
    "README.md": renderShortSummary(results, all[0], folder),
  };
  return [...written.map((file) => `${folder}/${file}`), ...(await insertInDocuments(documents))];
}

/** Puts texts between the marks of the documents at their paths, and returns the paths. */
export async function insertInDocuments(documents: Readonly<Record<string, string>>, mark?: Mark): Promise<string[]> {
  const paths = Object.keys(documents);
  for (const path of paths) {
    const file = join(root, path);
    await writeFile(file, insertBetweenMarks(await readFile(file, "utf8"), documents[path], mark));
  }
  // Documents are formatted by the workspace's own tool, tables included; the folder of results is none of its business.
  await promisify(execFile)(join(root, "node_modules/.bin/biome"), ["format", "--write", ...paths], { cwd: root });
  return paths;
}
