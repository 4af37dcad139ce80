/** `@octet/wasm` as a user of a browser gets it: built, bundled by each of three bundlers, run in headless Chromium. */
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchChromium, missingCapability } from "@octet/browser-testing";
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

  /** The suite's results, and what the page wrote to its console. */
  async function run(bundler: string, place: Place, options: Options, isolated = true): Promise<unknown> {
    const { server, url } = await serve(join(folder, bundler), isolated);
    servers.push(server);
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

  const passed = (...features: string[]) => ({
    features,
    passed: expect.any(Number),
    failed: 0,
    skipped: 0,
    failures: [],
    messages: [],
  });

  for (const place of ["window", "worker"] as const) {
    for (const simd of ["plain", "relaxed"] as const) {
      for (const threads of [1, 2]) {
        it(`passes the suite in a ${place}, ${simd} SIMD, threads=${threads}, bundled by esbuild`, async () => {
          const feature = simd === "relaxed" ? "relaxed-simd" : "simd";
          expect(await run("esbuild", place, { simd, threads, large: simd === "relaxed" && threads === 2 })).toEqual(
            passed(feature, `threads=${threads}`),
          );
        });
      }
    }
  }

  it.each([
    ["Vite", "window"],
    ["Vite", "worker"],
    ["webpack", "window"],
    ["webpack", "worker"],
  ] as const)("passes the suite bundled by %s in a %s", async (bundler, place) => {
    expect(await run(bundler, place, { threads: 2 })).toEqual(passed("relaxed-simd", "threads=2"));
  });

  it("runs on one thread, and says why, in a page that is not cross-origin isolated", async () => {
    const wanted = passed("relaxed-simd", "threads=1", "no threads: the page is not cross-origin isolated");
    expect(await run("esbuild", "window", { threads: 2 }, false)).toEqual(wanted);
  });
});
