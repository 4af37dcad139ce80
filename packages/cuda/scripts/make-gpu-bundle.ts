/**
 * Packs what checks and times @octet/cuda on a machine that has a GPU and nothing else: no Node, no registry, no checkout.
 *
 *   node scripts/make-gpu-bundle.ts [FOLDER]        default: .bundle in the root of the repository
 *   sh FOLDER/check.sh [--parts ...] [--seconds ...]  on that machine; results go to $OUT, or to FOLDER/results
 *
 * The folder is laid out like this package, so programs find each other by the same paths; `cmake -S FOLDER -B FOLDER/build/cuda
 * -DOCTET_PLATFORM=cuda` builds the native parts again from its sources.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = join(packageFolder, "../..");
const bundle = process.argv[2] ?? join(root, ".bundle");
const mostBytes = 56 * 2 ** 20;

/** What travels. Each part writes into the bundle; another backend adds its own here. */
const parts: readonly { readonly name: string; readonly pack: () => void | Promise<void> }[] = [
  { name: "Node", pack: packNode },
  { name: "the suite", pack: packSuite },
  { name: "the golden vectors", pack: packGoldenVectors },
  { name: "the native programs", pack: packPrograms },
  { name: "the native sources", pack: packSources },
  { name: "check.sh", pack: packScript },
];

/** The Node that this runs on, without symbols. Compressing takes a minute, so it is kept until Node changes. */
function packNode(): void {
  const kept = join(packageFolder, `build/node-${process.version}.xz`);
  if (!existsSync(kept)) {
    mkdirSync(dirname(kept), { recursive: true });
    const stripped = `${kept}.stripped`;
    run("strip", ["-o", stripped, process.execPath]);
    run("sh", ["-c", 'xz -6 -c "$1" > "$2.part" && mv "$2.part" "$2" && rm "$1"', "sh", stripped, kept]);
  }
  cpSync(kept, join(bundle, "node.xz"));
}

async function packSuite(): Promise<void> {
  await build({
    entryPoints: [join(packageFolder, "check/main.ts")],
    outfile: join(bundle, "suite/check.js"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    conditions: ["octet-source"],
    external: ["@octet/cuda-linux-x64"],
    logLevel: "warning",
  });
  writeFileSync(join(bundle, "package.json"), '{ "type": "module" }\n');
}

function packGoldenVectors(): void {
  for (const name of ["contract.json", "contract.safetensors"]) {
    cpSync(join(packageFolder, "../conformance/fixtures", name), join(bundle, "golden", name));
  }
}

function packPrograms(): void {
  for (const [platform, names] of [
    ["cuda", ["octet_cuda.node", "octet_primitives", "octet_bench"]],
    ["emulated", ["octet_cuda.node", "octet_primitives"]],
  ] as const) {
    for (const name of names) {
      const path = `build/${platform}/Release/${name}`;
      if (!existsSync(join(packageFolder, path)))
        throw new Error(`${path} is not built; run pnpm build:native with nvcc`);
      cpSync(join(packageFolder, path), join(bundle, path));
    }
  }
}

function packSources(): void {
  cpSync(join(packageFolder, "native"), join(bundle, "native"), { recursive: true });
  cpSync(join(packageFolder, "CMakeLists.txt"), join(bundle, "CMakeLists.txt"));
  for (const [name, folder] of [
    ["node-addon-api", "."],
    ["node-api-headers", "include"],
  ] as const) {
    const from = join(packageFolder, "node_modules", name, folder);
    for (const file of readdirSync(from).filter((file) => file.endsWith(".h"))) {
      cpSync(join(from, file), join(bundle, "headers", file));
    }
  }
}

function packScript(): void {
  writeFileSync(
    join(bundle, "check.sh"),
    `#!/bin/sh
# Unpacks Node and runs the check; see --parts, --seconds, --torch-seconds, --quick, --emulated.
set -e
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -x "$here/node" ]; then
  xz -dc "$here/node.xz" > "$here/node.part" 2> /dev/null ||
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2], "wb"))' "$here/node.xz" "$here/node.part"
  mv "$here/node.part" "$here/node"
fi
chmod +x "$here/node" "$here"/build/*/Release/*
exec "$here/node" "$here/suite/check.js" --out "\${OUT:-$here/results}" "$@"
`,
  );
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? `status ${status}`}`);
}

function bytesIn(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

rmSync(bundle, { recursive: true, force: true });
mkdirSync(bundle, { recursive: true });
for (const { name, pack } of parts) {
  await pack();
  console.log(`octet-cuda: packed ${name}`);
}
const bytes = bytesIn(bundle);
console.log(`octet-cuda: ${bundle} holds ${(bytes / 2 ** 20).toFixed(1)} MiB`);
if (bytes > mostBytes) throw new Error(`the bundle is larger than ${mostBytes / 2 ** 20} MiB; leave parts out`);
