/**
 * Runs the snippets of one document in order, in the current folder, and writes an outcome for each to a file: one process for a
 * document rather than for a snippet. Arguments: a JSON file with the steps, the file for the outcomes.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

/** A module to import, or lines for the shell. */
export type Step = { readonly module: string } | { readonly commands: readonly string[] };

export interface Outcome {
  /** What went to standard output. */
  readonly output: string;
  /** Why the snippet failed, if it did. */
  readonly failure: string | undefined;
}

async function runModule(path: string): Promise<Outcome> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (...values: unknown[]) => void lines.push(`${format(...values)}\n`);
  try {
    await import(pathToFileURL(resolve(path)).href);
    return { output: lines.join(""), failure: undefined };
  } catch (error) {
    return { output: lines.join(""), failure: error instanceof Error ? error.stack : String(error) };
  } finally {
    console.log = log;
  }
}

function runCommands(commands: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", commands.join("\n")], { encoding: "utf8" });
  return { output: stdout, failure: status === 0 ? undefined : `exit status ${status}\n${stderr}` };
}

const [stepsFile, outcomesFile] = process.argv.slice(2) as [string, string];
const outcomes: Outcome[] = [];
for (const step of JSON.parse(readFileSync(stepsFile, "utf8")) as Step[]) {
  outcomes.push("module" in step ? await runModule(step.module) : runCommands(step.commands));
  writeFileSync(outcomesFile, JSON.stringify(outcomes));
}
