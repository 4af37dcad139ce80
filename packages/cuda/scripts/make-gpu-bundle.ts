/**
 * Packs what checks and times @octet/cuda on a machine that has a GPU and nothing else: no Node, no registry, no checkout.
 *
 *   node scripts/make-gpu-bundle.ts [FOLDER]        default: .bundle in the root of the repository
 *   sh FOLDER/check.sh [--parts ...] [--seconds ...]  on that machine; results go to $OUT, or to FOLDER/results
 *
 * The folder holds Node, everything else, and the script that unpacks both to $OCTET_FOLDER, or to FOLDER/unpacked. What is unpacked is
 * laid out like this package, so that programs find each other by the same paths. OCTET_BUILD=cuda builds the native part again from its
 * sources before the check, with the nvcc, the cmake and the C++ compiler of that machine; OCTET_BUILD=emulated does so without nvcc.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = join(packageFolder, "../..");
const bundle = process.argv[2] ?? join(root, ".bundle");
/** What is packed, before it is. */
const unpacked = join(packageFolder, "build/bundle");
const mostBytes = 56 * 2 ** 20;

/** What travels. Each part writes into `unpacked`; another backend adds its own here. */
const parts: readonly { readonly name: string; readonly pack: () => void | Promise<void> }[] = [
  { name: "the suite", pack: packSuite },
  { name: "the golden vectors", pack: packGoldenVectors },
  { name: "the native programs", pack: packPrograms },
  { name: "the native sources", pack: packSources },
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
    outfile: join(unpacked, "suite/check.js"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    conditions: ["octet-source"],
    external: ["@octet/cuda-linux-x64"],
    tsconfigRaw: {},
    logLevel: "warning",
  });
  writeFileSync(join(unpacked, "package.json"), '{ "type": "module" }\n');
}

function packGoldenVectors(): void {
  for (const name of ["contract.json", "contract.safetensors"]) {
    cpSync(join(packageFolder, "../conformance/fixtures", name), join(unpacked, "golden", name));
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
      cpSync(join(packageFolder, path), join(unpacked, path));
    }
  }
}

function packSources(): void {
  cpSync(join(packageFolder, "native"), join(unpacked, "native"), { recursive: true });
  cpSync(join(packageFolder, "CMakeLists.txt"), join(unpacked, "CMakeLists.txt"));
  for (const [name, folder] of [
    ["node-addon-api", "."],
    ["node-api-headers", "include"],
  ] as const) {
    const from = join(packageFolder, "node_modules", name, folder);
    for (const file of readdirSync(from).filter((file) => file.endsWith(".h"))) {
      cpSync(join(from, file), join(unpacked, "headers", file));
    }
  }
}

function packScript(): void {
  writeFileSync(
    join(bundle, "check.sh"),
    `#!/bin/sh
# Unpacks Node and the rest, then runs the check: --parts, --seconds, --torch-seconds, --quick, --emulated.
set -e
here=$(cd "$(dirname "$0")" && pwd)
folder=\${OCTET_FOLDER:-$here/unpacked}
mkdir -p "$folder"
if [ ! -x "$folder/node" ]; then
  python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2], "wb"))' "$here/node.xz" "$folder/node" ||
    xz -dc "$here/node.xz" > "$folder/node"
fi
python3 -c 'import tarfile, sys; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$here/suite.tar.xz" "$folder" 2> /dev/null ||
  tar -xJf "$here/suite.tar.xz" -C "$folder"
chmod +x "$folder/node" "$folder"/build/*/Release/*
if [ -n "$OCTET_BUILD" ]; then
  cmake -S "$folder" -B "$folder/build/$OCTET_BUILD" -DOCTET_PLATFORM="$OCTET_BUILD" -DCMAKE_CUDA_ARCHITECTURES="\${OCTET_CUDA_ARCHITECTURES:-native}"
  cmake --build "$folder/build/$OCTET_BUILD" --parallel "\${OCTET_CUDA_JOBS:-8}"
fi
exec "$folder/node" "$folder/suite/check.js" --out "\${OUT:-$here/results}" "$@"
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

for (const folder of [bundle, unpacked]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
for (const { name, pack } of parts) {
  await pack();
  console.log(`octet-cuda: packed ${name}`);
}
run("tar", ["-C", unpacked, "-cJf", join(bundle, "suite.tar.xz"), "."]);
packNode();
packScript();
const bytes = bytesIn(bundle);
console.log(`octet-cuda: ${bundle} holds ${(bytes / 2 ** 20).toFixed(1)} MiB`);
if (bytes > mostBytes) throw new Error(`the bundle is larger than ${mostBytes / 2 ** 20} MiB; leave parts out`);
