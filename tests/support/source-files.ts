import { existsSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./processes.ts";
import { root } from "./workspace.ts";

const source = /\.(?:[cm]?[jt]s|css|html|cpp|cu|cuh|h|hpp|py)$/;

/** Paths of the source files that git tracks or would track, from the root. */
export async function sourceFiles(): Promise<string[]> {
  const { stdout } = await runProgram("git", ["ls-files", "--cached", "--others", "--exclude-standard"]);
  return stdout.split("\n").filter((path) => source.test(path) && existsSync(join(root, path)));
}
