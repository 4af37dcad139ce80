import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CUDACheck } from "./results.ts";

/** What one check wrote into a folder. @throws when `check.json` or `bench.json` is not there. */
export async function readCheck(folder: string): Promise<CUDACheck> {
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8"));
  return {
    check: await read("check.json"),
    bench: await read("bench.json"),
    ...(existsSync(join(folder, "torch.json")) ? { torch: await read("torch.json") } : {}),
  };
}
