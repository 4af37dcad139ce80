/**
 * Writes src/generated/: the two builds of the kernels and the code of the worker, as strings, so that bundlers see nothing but one
 * module of JavaScript. Does nothing when the sources are those of the last time.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, deflateRawSync } from "node:zlib";
import { bundleWorker } from "./bundle-worker.ts";
import { compileKernels } from "./compile-kernels.ts";
import { digestSources } from "./digest-sources.ts";

const target = fileURLToPath(new URL("../src/generated/inlined.ts", import.meta.url));

const digest = await digestSources();
const current = await readFile(target, "utf8").catch(() => "");
if (!current.startsWith(firstLine(digest))) await generate(digest);

async function generate(sources: string): Promise<void> {
  const [plain, relaxed, worker] = await Promise.all([compileKernels(false), compileKernels(true), bundleWorker()]);
  const text = [
    firstLine(sources),
    "/** Raw deflate, in base64, of both builds of the kernels, one after the other: the second is mostly references to the first. */",
    `export const kernels: string = "${compress(plain, relaxed)}";`,
    "/** Bytes of the plain build, which comes first. */",
    `export const plainBytes: number = ${plain.length};`,
    "/** The script of a worker, complete. */",
    `export const workerCode: string = ${JSON.stringify(worker)};`,
    "/** Of the sources that this file was made from; a test compares it. */",
    `export const sourceDigest: string = "${sources}";`,
  ].join("\n");
  // Under another name first: tests that run at the same time read either the old file or the new one.
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  await writeFile(temporary, `${text}\n`);
  await rename(temporary, target);
}

function compress(...builds: readonly Uint8Array[]): string {
  const deflated = deflateRawSync(Buffer.concat(builds), {
    level: 9,
    memLevel: 9,
    windowBits: constants.Z_MAX_WINDOWBITS,
  });
  return deflated.toString("base64");
}

function firstLine(sources: string): string {
  return `// Made by scripts/generate.ts from sources with the digest ${sources}.`;
}
