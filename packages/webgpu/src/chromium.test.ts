import { launchChromium, missingCapability } from "@octet/browser-testing";
import { expect, test } from "vitest";
import { bundle } from "../test/support/bundle.ts";
import type { ConformanceReport } from "../test/support/conformance-report.ts";

const places = {
  window: () => (globalThis as unknown as { report: () => Promise<ConformanceReport> }).report(),
  worker: () =>
    new Promise<ConformanceReport>((resolve, reject) => {
      const worker = new Worker("/page.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    }),
};

// A worker runs the same code as a window, so it is tested in depth only.
for (const [place, run] of Object.entries(places)) {
  const options = { timeout: 300_000, ...(place === "worker" && { tags: "full" }) };
  const name = `the suite passes in a browser's ${place} (${missingCapability ?? "headless Chromium"})`;
  test.skipIf(missingCapability !== undefined)(name, options, async () => {
    const files = new Map([
      ["/", { contentType: "text/html", body: '<!doctype html><script type="module" src="/page.js"></script>' }],
      ["/page.js", { contentType: "text/javascript", body: await bundle("conformance-page.ts") }],
    ]);
    await using browser = await launchChromium({
      args: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--no-zygote"],
    });
    const page = await browser.newPage();
    await page.route("**/*", async (route) => {
      await route.fulfill(files.get(new URL(route.request().url()).pathname) ?? { status: 404 });
    });
    // WebGPU is there in secure contexts alone; localhost is one.
    await page.goto("http://localhost/");
    const { device, features, summary, notPassed } = await page.evaluate(run);
    expect(device).toContain("swiftshader");
    expect(features).toContain("software");
    expect(notPassed).toEqual([]);
    expect(summary).toMatch(/^\d{3} passed, 0 failed, 0 skipped$/);
  });
}
