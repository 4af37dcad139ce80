/**
 * Packs the conformance suite and the WebGPU bench for a machine that has a GPU and Node, and no registry and no checkout:
 *
 *   node scripts/pack-webgpu.ts FOLDER
 *   node FOLDER/check.mjs [MANIFEST] > check.json      on that machine; MANIFEST: golden vectors
 *   node FOLDER/bench.mjs > results.json               on that machine, through its Vulkan loader
 *   node src/webgpu/render.ts FOLDER-OF-RESULTS        here, for tables and charts beside results.json
 */
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder to write is missing");

const beside = (name: string): string => dirname(fileURLToPath(import.meta.resolve(name)));

await build({
  entryPoints: {
    bench: join(import.meta.dirname, "../src/webgpu/hosts/node-process.ts"),
    check: join(import.meta.dirname, "../src/webgpu/hosts/check-process.ts"),
  },
  outdir: folder,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "esnext",
  conditions: ["octet-source"],
  // What was written for CommonJS asks for modules of Node.
  banner: { js: 'globalThis.require = process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
  tsconfigRaw: {},
  logLevel: "warning",
});
// These are looked for beside the module that asks for them.
const dawn = "dist/linux-x64/dawn.node";
mkdirSync(dirname(join(folder, dawn)), { recursive: true });
cpSync(join(beside("webgpu"), dawn), join(folder, dawn));
for (const name of ["ort-wasm-simd-threaded.asyncify.wasm", "ort-wasm-simd-threaded.asyncify.mjs"]) {
  cpSync(join(beside("onnxruntime-web/webgpu"), name), join(folder, name));
}
