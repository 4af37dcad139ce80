/** `@octet/wasm` in a Cloudflare Worker: built, bundled as wrangler does it, run by workerd, which forbids compiling at run time. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformanceCases } from "@octet/conformance";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder: string;
let miniflare: Miniflare;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "octet-workers-"));
  await build({
    entryPoints: [join(import.meta.dirname, "worker.js")],
    outdir: folder,
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    // Modules of WebAssembly stay imports, of copies beside the script.
    loader: { ".wasm": "copy" },
  });
  const wasm = (await readdir(folder)).filter((name) => name.endsWith(".wasm"));
  miniflare = new Miniflare({
    compatibilityDate: "2026-01-01",
    rootPath: folder,
    modulesRoot: folder,
    modules: [
      { type: "ESModule", path: "worker.js" },
      ...wasm.map((path) => ({ type: "CompiledWasm" as const, path })),
    ],
  });
  await miniflare.ready;
});

afterAll(async () => {
  await miniflare?.dispose();
  await rm(folder, { recursive: true });
});

async function ask(path: string): Promise<unknown> {
  const response = await miniflare.dispatchFetch(`http://worker/${path}`);
  return await response.json();
}

it.each([
  ["plain", "simd"],
  ["relaxed", "relaxed-simd"],
])("passes the suite with the module of %s.wasm", async (path, feature) => {
  expect(await ask(path)).toEqual({
    features: [feature, "threads=1"],
    passed: conformanceCases().filter(({ family }) => family !== "large").length,
    failed: 0,
    skipped: 0,
    failures: [],
  });
});

it("starts before the first request", async () => {
  expect(await ask("early")).toEqual(["simd", "threads=1"]);
});

it("is ERR_UNAVAILABLE without a module, and says what forbids compiling and what to pass", async () => {
  expect(await ask("start")).toEqual({
    code: "ERR_UNAVAILABLE",
    message: expect.stringMatching(
      /Cloudflare Workers.*"@octet\/wasm\/relaxed\.wasm", createWasmBackend\(\{ module \}\) \(.*disallowed by embedder\)$/,
    ),
  });
});
