import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launchChromium, missingCapability } from "@octet/browser-testing";
import { formatSummary, runConformance } from "@octet/conformance";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { createTinyBackend } from "../src/backend.ts";

const source = (name: string) => fileURLToPath(new URL(`../src/${name}`, import.meta.url));

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source("page.ts")],
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["octet-source"],
    write: false,
  });
  return outputFiles[0].text;
}

test.skipIf(missingCapability !== undefined)(
  `a page runs the suite with the same result (${missingCapability ?? "headless Chromium"})`,
  async () => {
    const files = new Map([
      ["/", { contentType: "text/html", body: await readFile(source("index.html"), "utf8") }],
      ["/page.js", { contentType: "text/javascript", body: await bundlePage() }],
    ]);
    await using browser = await launchChromium();
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.route("**/*", async (route) => {
      await route.fulfill(files.get(new URL(route.request().url()).pathname) ?? { status: 404 });
    });
    await page.goto("http://localhost/");
    const summary = page.locator("#summary", { hasText: "skipped" });
    await summary.waitFor({ timeout: 50_000 });
    expect(await page.locator("#failures li").allTextContents()).toEqual([]);
    const inNode = await runConformance(createTinyBackend, { filter: ({ family }) => family !== "large" });
    expect(await summary.textContent()).toBe(formatSummary(inNode));
    expect(errors).toEqual([]);
  },
);
