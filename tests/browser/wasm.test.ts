/** `@octet/wasm` as a user of a browser gets it: built, bundled by each of three bundlers, run in headless Chromium. */
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium, missingCapability } from "@octet/browser-testing";
import { conformanceCases } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlers } from "./bundle.ts";
import { serve } from "./serve.ts";

interface Options {
  readonly simd?: "plain" | "relaxed";
  readonly threads?: number;
  /** Whether the cases that take longest run as well. */
  readonly large?: boolean;
}

const golden = fileURLToPath(new URL("../../packages/conformance/fixtures/contract.json", import.meta.url));
const cases = [...conformanceCases(), ...(await loadGoldenManifest(golden))];

/** `pnpm test` runs each bundler and each place once. */
const full = { tags: "full" } as const;

type Place = "window" | "worker";

describe.skipIf(missingCapability !== undefined)(`in Chromium ${missingCapability ?? ""}`, { timeout: 300_000 }, () => {
  let folder: string;
  let browser: Browser;
  const servers: Server[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "octet-browser-"));
    browser = await launchChromium();
    await Promise.all(Object.entries(bundlers).map(([name, bundle]) => bundle(join(folder, name))));
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    for (const server of servers) server.close();
    await rm(folder, { recursive: true });
  });

  async function open(bundler: string, isolated: boolean, policy?: string): Promise<string> {
    const { server, url } = await serve(join(folder, bundler), isolated, policy);
    servers.push(server);
    return url;
  }

  /** The suite's results, and what the page wrote to its console. */
  async function run(bundler: string, place: Place, options: Options, isolated = true): Promise<unknown> {
    const url = await open(bundler, isolated);
    const page = await browser.newPage();
    const messages: string[] = [];
    page.on("console", (message) => void messages.push(message.text()));
    page.on("pageerror", (error) => void messages.push(String(error)));
    await page.goto(url);
    const name = place === "window" ? "runInWindow" : "runInWorker";
    const result = await page.evaluate(`${name}(${JSON.stringify(options)})`);
    await page.close();
    return { ...(result as object), messages };
  }

  /** What starts, or why nothing does, in an isolated page with this content security policy. */
  async function start(policy: string): Promise<unknown> {
    const page = await browser.newPage();
    await page.goto(await open("esbuild", true, policy));
    const result = await page.evaluate("startInWindow({ threads: 2 })");
    await page.close();
    return result;
  }

  /** All cases, as they are in Node. */
  const passed = (features: readonly string[], large = false) => ({
    features,
    passed: cases.filter(({ family }) => large || family !== "large").length,
    failed: 0,
    skipped: 0,
    failures: [],
    messages: [],
  });

  for (const place of ["window", "worker"] as const) {
    for (const simd of ["plain", "relaxed"] as const) {
      for (const threads of [1, 2]) {
        const large = simd === "relaxed" && threads === 2;
        const options = large && place === "window" ? {} : full;
        it(
          `passes the suite in a ${place}, ${simd} SIMD, threads=${threads}, bundled by esbuild`,
          options,
          async () => {
            const features = [simd === "relaxed" ? "relaxed-simd" : "simd", `threads=${threads}`];
            expect(await run("esbuild", place, { simd, threads, large })).toEqual(passed(features, large));
          },
        );
      }
    }
  }

  for (const [bundler, place, options] of [
    ["Vite", "window", full],
    ["Vite", "worker", {}],
    ["webpack", "window", full],
    ["webpack", "worker", {}],
  ] as const) {
    it(`passes the suite bundled by ${bundler} in a ${place}`, options, async () => {
      expect(await run(bundler, place, { threads: 2 })).toEqual(passed(["relaxed-simd", "threads=2"]));
    });
  }

  it("runs on one thread, and says why, in a page that is not cross-origin isolated", async () => {
    const wanted = passed(["relaxed-simd", "threads=1", "no threads: the page is not cross-origin isolated"]);
    expect(await run("esbuild", "window", { threads: 2 }, false)).toEqual(wanted);
  });

  it("starts where the content security policy allows what the README names", async () => {
    expect(await start("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:")).toEqual({
      features: ["relaxed-simd", "threads=2"],
      relu: [0, 2],
    });
  });

  it("runs on one thread, and names worker-src, where the content security policy refuses workers", async () => {
    const reason = "no threads: the worker was refused; a content security policy has to allow worker-src blob:";
    expect(await start("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")).toEqual({
      features: ["relaxed-simd", "threads=1", reason],
      relu: [0, 2],
    });
  });

  it("is ERR_UNAVAILABLE, and names 'wasm-unsafe-eval', where the content security policy refuses WebAssembly", async () => {
    expect(await start("script-src 'self'; worker-src blob:")).toEqual({
      code: "ERR_UNAVAILABLE",
      message: expect.stringMatching(/has to allow 'wasm-unsafe-eval' for scripts \(.*Content Security/),
    });
  });
});
