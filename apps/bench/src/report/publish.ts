import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Results } from "../results.ts";
import { insertBetweenMarks } from "./insert.ts";
import { renderSummary } from "./markdown.ts";
import { writeReport } from "./write-report.ts";

const app: string = fileURLToPath(new URL("../..", import.meta.url));

/** Makes a run the one that the repository shows: the folder `results` and the README. Returns the paths, from the app's folder. */
export async function publish(results: Results): Promise<string[]> {
  const written = await writeReport(join(app, "results"), results);
  const readme = join(app, "README.md");
  await writeFile(readme, insertBetweenMarks(await readFile(readme, "utf8"), renderSummary(results)));
  return [...written.map((file) => `results/${file}`), "README.md"];
}
