import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { root } from "./workspace.ts";

export interface Result {
  /** Exit status; null when a signal ended the process. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the process is killed. */
  readonly timeout?: number;
}

/** Runs a program to its end and returns what it said; rejects only when it cannot be started. */
export function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { cwd = root, env = process.env, timeout = 120_000 } = options;
  return new Promise((fulfil, reject) => {
    const child = spawn(program, args, { cwd, env, timeout, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", reject);
    child.on("close", (status) => fulfil({ status, stdout, stderr }));
  });
}

/** Like `runProgram`, and throws with everything that was printed unless the program exits with 0. */
export async function runSuccessfully(program: string, args: readonly string[], options?: RunOptions): Promise<Result> {
  const result = await runProgram(program, args, options);
  if (result.status === 0) return result;
  throw new Error(`${program} ${args.join(" ")}: exit status ${result.status}\n${result.stdout}\n${result.stderr}`);
}

/** A program that a dependency of the workspace's root installs. */
export const workspaceBin = (name: string): string => join(root, "node_modules/.bin", name);

/** The environment with folders put before the others in PATH. */
export function withPath(...folders: string[]): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [...folders, process.env.PATH].join(delimiter) };
}

/**
 * The environment of someone who knows nothing of this workspace: neither its programs on the PATH nor what pnpm and vitest tell
 * their children. Where npm keeps its settings and its cache stays known.
 */
export function strangersEnvironment(): NodeJS.ProcessEnv {
  const kept = /^npm_config_(?:registry|cache|userconfig)$/i;
  const dropped = /^(?:npm_|pnpm_|node_|vitest|vite_|turbo_|init_cwd$)/i;
  const entries = Object.entries(process.env).filter(
    ([name]) => kept.test(name) || name === "NODE_EXTRA_CA_CERTS" || !dropped.test(name),
  );
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return { ...Object.fromEntries(entries), PATH: path.join(delimiter) };
}
