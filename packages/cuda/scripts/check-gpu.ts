/** Runs the check of a GPU machine on the sources of the workspace; its arguments are those of check/main.ts. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../check/main.ts", import.meta.url));
const { status } = spawnSync(process.execPath, ["--conditions=octet-source", main, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(status ?? 1);
