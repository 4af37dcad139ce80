import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorker } from "./bundle-worker.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A digest of everything that src/generated/ is made of: the kernels, these scripts, and the worker as a whole. */
export async function digestSources(): Promise<string> {
  const hash = createHash("sha256").update(await bundleWorker());
  for (const folder of ["assembly", "scripts"]) {
    const names = (await readdir(join(root, folder), { recursive: true })).filter((name) => name.endsWith(".ts"));
    for (const name of names.sort()) hash.update(`${name}\0`).update(await readFile(join(root, folder, name)));
  }
  return hash.digest("hex");
}
