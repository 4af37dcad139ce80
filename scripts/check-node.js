// Plain JavaScript, since the Node that must be told that it is the wrong one may not read TypeScript.
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const pinned = manifest.devDependencies.node;
const running = process.versions.node;

if (running !== pinned) {
  console.error(
    `octet: scripts run on Node ${pinned}, which the devDependency "node" installs; this is Node ${running} ` +
      `(${process.execPath}). Run them through pnpm: npx -y pnpm@12 install, then npx -y pnpm@12 SCRIPT.`,
  );
  process.exitCode = 1;
}
