import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { workspaceBin } from "../support/processes.ts";
import { root } from "../support/workspace.ts";

export interface NodeVersion {
  readonly major: number;
  readonly path: string;
  /** Why it cannot run here; undefined when it can. */
  readonly missing: string | undefined;
}

/** The Nodes that published packages are tried on: the pinned one, and the oldest that `engines` admits. */
export const nodes: readonly NodeVersion[] = [
  probe(26, workspaceBin("node")),
  probe(22, join(root, "node_modules/node22-linux-x64/bin/node")),
];

function probe(major: number, path: string): NodeVersion {
  const { stdout, error } = spawnSync(path, ["--version"], { encoding: "utf8" });
  if (stdout?.startsWith(`v${major}.`)) return { major, path, missing: undefined };
  const missing = `no Node ${major} for ${process.platform}-${process.arch}: ${error?.message ?? stdout}`;
  return { major, path, missing };
}
