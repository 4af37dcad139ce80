/** Fails the build when `@octet/wasm`, both builds of the kernels and the worker included, would cost a page more than 30 KB. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const limit = 30_000; // bytes

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../dist/index.js", import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  external: ["@octet/core"],
});
const minified = outputFiles[0].contents;
const compressed = gzipSync(minified, { level: 9 }).length;
console.log(`@octet/wasm: ${minified.length} bytes minified, ${compressed} of them compressed; the limit is ${limit}`);
if (compressed > limit) process.exitCode = 1;
