/**
 * Makes what was measured on a GPU machine the figures that the repository shows:
 *
 *   node --conditions=octet-source src/cuda/show.ts FOLDER [--webgpu results.json]
 *
 * FOLDER is what the check of `@octet/cuda` wrote: `check.json`, `bench.json` and, with PyTorch, `torch.json`. The other is what
 * `scripts/pack-webgpu.ts` measured on the same machine; without the option, `FOLDER/webgpu.json` if it is there.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../report/publish.ts";
import { readCheck } from "./read-check.ts";
import { cudaFolder, publishCUDA, webgpuFolder } from "./report/publish.ts";

const { values, positionals } = parseArgs({ options: { webgpu: { type: "string" } }, allowPositionals: true });
const [folder] = positionals;
if (folder === undefined) throw new Error("the folder with check.json and bench.json is missing");
await readCheck(folder);
for (const name of ["check.json", "bench.json", "torch.json"]) {
  const target = join(root, cudaFolder, name);
  if (existsSync(join(folder, name))) await copyText(join(folder, name), target);
  // What another run left is not of this one.
  else await rm(target, { force: true });
}
const beside = join(folder, "webgpu.json");
const webgpu = values.webgpu ?? (existsSync(beside) ? beside : undefined);
if (webgpu !== undefined) {
  await mkdir(join(root, webgpuFolder), { recursive: true });
  await copyText(webgpu, join(root, webgpuFolder, "results.json"));
}
for (const file of await publishCUDA()) console.log(file);

/** Without the mode, since what comes from another machine is often read-only. */
async function copyText(from: string, to: string): Promise<void> {
  await writeFile(to, await readFile(from));
}
