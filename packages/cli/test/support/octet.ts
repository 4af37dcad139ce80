import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TestAPI, test } from "vitest";

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly cwd?: string;
  /** On top of `plainEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The command as a process, from the sources or as built: what this project of vitest tests. */
export interface Octet {
  /** What to type in a shell instead of `octet`. */
  readonly argv: readonly string[];
  start(args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Runs to the end, with pipes for output and no input. */
  run(args: readonly string[], options?: SpawnOptions): Promise<Outcome>;
}

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

function createOctet(project: string | undefined): Octet {
  const bin =
    project === "source" ? ["--conditions=octet-source", path("../../src/bin.ts")] : [path("../../dist/bin.js")];
  const argv = [process.execPath, ...bin];
  const start: Octet["start"] = (args, { cwd, env } = {}) => {
    return spawn(argv[0], [...argv.slice(1), ...args], {
      cwd,
      env: { ...plainEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  };
  return { argv, start, run: (args, options) => waitFor(start(args, options)) };
}

/** The environment as a test wants it: nothing about colours, and compiled sources kept from one process to the next. */
export function plainEnvironment(): Record<string, string | undefined> {
  const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, ...env } = process.env;
  return { ...env, NODE_COMPILE_CACHE: join(tmpdir(), "octet-compile-cache") };
}

/** The outcome of a process whose output has not been read yet. */
export async function waitFor(child: ChildProcess): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { exitCode, stdout, stderr };
}

export const it: TestAPI<{ octet: Octet }> = test.extend<{ octet: Octet }>({
  octet: async ({ task }, use) => use(createOctet(task.file.projectName)),
});
