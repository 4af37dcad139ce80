import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A module of this folder with all that it imports, from the sources, for where no resolver knows the workspace. */
export async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["octet-source"],
    write: false,
  });
  return outputFiles[0].text;
}
