/**
 * Makes what was measured on a GPU machine the figures that the repository shows:
 *
 *   node --conditions=octet-source src/cuda/show.ts FOLDER [--webgpu results.json]
 *
 * FOLDER is what the check of `@octet/cuda` wrote: `check.json`, `bench.json` and, with PyTorch, `torch.json`. The other is what
 * `scripts/pack-webgpu.ts` measured on the same machine; without the option, `FOLDER/webgpu.json` if it is there.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseResults } from "../report/results-file.ts";
import type { WebGPUResults } from "../results.ts";
import { readCheck } from "./read-check.ts";
import { publishCUDA, readWebGPUBeside } from "./report/publish.ts";

const { values, positionals } = parseArgs({ options: { webgpu: { type: "string" } }, allowPositionals: true });
const [folder] = positionals;
if (folder === undefined) throw new Error("the folder with check.json and bench.json is missing");
const results = await readCheck(folder);
const beside = join(folder, "webgpu.json");
const file = values.webgpu ?? (existsSync(beside) ? beside : undefined);
const webgpu =
  file === undefined ? await readWebGPUBeside() : parseResults<WebGPUResults>(await readFile(file, "utf8"));
for (const path of await publishCUDA(results, webgpu)) console.log(path);
