import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** src/worker.ts and what it imports as one classic script, which Node and browsers run from a string. */
export async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../src/worker.ts", import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    platform: "neutral",
    target: "es2022",
    legalComments: "none",
  });
  return outputFiles[0].text.trim();
}
