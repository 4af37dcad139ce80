import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, withPath } from "../support/processes.ts";
import { root } from "../support/workspace.ts";
import type { Outcome, Step } from "./run-document.ts";
import { commandsOf, type Snippet } from "./snippet.ts";

/** Name of the folder that stands for a document: `docs/numerics.md` is `docs--numerics`. */
export function folderNameOf(document: string): string {
  return document.replaceAll("/", "--").replace(/\.md$/, "");
}

/**
 * Makes a folder that holds the modules of a document, with the bundled model beside them as `tiny-llama`, and returns their
 * paths. `transform` gets each module's text first.
 */
export function saveModules(
  folder: string,
  snippets: readonly Snippet[],
  transform: (code: string) => string = (code) => code,
): string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, "examples/tiny-llama/model"), join(folder, "tiny-llama"));
  return snippets.flatMap(({ fileName, block }) => {
    if (fileName === undefined) return [];
    writeFileSync(join(folder, fileName), transform(block.code));
    return [join(folder, fileName)];
  });
}

export interface RunSnippetsOptions {
  /** Where `saveModules` put them. */
  readonly folder: string;
  /** The Node to run them with; the one on the PATH when left out. */
  readonly node?: string;
  /** Folders to put before the PATH, where the `octet` of a `sh` block is found. */
  readonly bins: readonly string[];
}

/** Runs what can be run of a document, in order; the outcome of each snippet that was to run. */
export async function runSnippets(
  snippets: readonly Snippet[],
  { folder, node = "node", bins }: RunSnippetsOptions,
): Promise<Map<Snippet, Outcome>> {
  const runnable = snippets.filter(({ kind }) => kind === "module" || kind === "commands");
  const steps: Step[] = runnable.map(({ fileName, block }) =>
    fileName === undefined ? { commands: commandsOf(block.code) } : { module: fileName },
  );
  writeFileSync(join(folder, "steps.json"), JSON.stringify(steps));
  writeFileSync(join(folder, "outcomes.json"), "[]");
  const args = [join(root, "tests/snippets/run-document.ts"), "steps.json", "outcomes.json"];
  const { stderr } = await runProgram(node, args, { cwd: folder, env: withPath(...bins), timeout: 50_000 });

  const outcomes: Outcome[] = JSON.parse(readFileSync(join(folder, "outcomes.json"), "utf8"));
  const ended: Outcome = { output: "", failure: `the process ended before this snippet did\n${stderr}` };
  return new Map(runnable.map((snippet, index) => [snippet, outcomes[index] ?? ended]));
}
