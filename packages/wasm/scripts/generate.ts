/**
 * Writes src/generated/: the functions that fill in kernels' records; the two builds of the kernels and the code of the worker, as strings,
 * so that bundlers see nothing but one module of JavaScript; and both builds as files, for runtimes that compile no string. Does nothing
 * when the sources are those of the last time.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, deflateRawSync } from "node:zlib";
import { recordWords } from "../src/memory/memory-map.ts";
import { bundleWorker } from "./bundle-worker.ts";
import { compileKernels } from "./compile-kernels.ts";
import { digestSources } from "./digest-sources.ts";
import { labelKernels } from "./label-kernels.ts";
import { readRecords } from "./read-records.ts";
import { writeRecords } from "./write-records.ts";

const records = fileURLToPath(new URL("../src/generated/kernels.ts", import.meta.url));

const target = fileURLToPath(new URL("../src/generated/inlined.ts", import.meta.url));

/** What copy-kernels.ts copies to dist/. */
const files = fileURLToPath(new URL("../src/generated/files", import.meta.url));

// First: the worker is made of it.
const declarations = await readRecords(fileURLToPath(new URL("../assembly", import.meta.url)), recordWords);
await writeIfOther(records, writeRecords(declarations));

const digest = await digestSources();
const current = await readFile(target, "utf8").catch(() => "");
if (!current.startsWith(firstLine(digest))) await generate(digest);

async function generate(sources: string): Promise<void> {
  const [plain, relaxed, worker] = await Promise.all([compileKernels(false), compileKernels(true), bundleWorker()]);
  const kernelDigest = createHash("sha256").update(plain).update(relaxed).digest("hex").slice(0, 32);
  const text = [
    firstLine(sources),
    "/** Raw deflate, in base64, of both builds of the kernels, one after the other: the second is mostly references to the first. */",
    `export const kernels: string = "${compress(plain, relaxed)}";`,
    "/** Bytes of the plain build, which comes first. */",
    `export const plainBytes: number = ${plain.length};`,
    "/** Of both builds; the files of them carry it. */",
    `export const kernelDigest: string = "${kernelDigest}";`,
    "/** The script of a worker, complete. */",
    `export const workerCode: string = ${JSON.stringify(worker)};`,
    "/** Of the sources that this file was made from; a test compares it. */",
    `export const sourceDigest: string = "${sources}";`,
  ].join("\n");
  for (const [simd, binary] of Object.entries({ plain, relaxed })) {
    await write(join(files, `${simd}.wasm`), labelKernels(binary, `${simd} ${kernelDigest}`));
    await write(
      join(files, `${simd}.wasm.d.ts`),
      "declare const module: WebAssembly.Module;\nexport default module;\n",
    );
  }
  await write(target, `${text}\n`); // last: it says that everything is there
}

async function writeIfOther(file: string, text: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => "")) !== text) await write(file, text);
}

/** Under another name first: tests that run at the same time read either the old file or the new one. */
async function write(file: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, contents);
  await rename(temporary, file);
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
