/** @module-tag full */
import { launchChromium, missingCapability } from "@octet/browser-testing";
import { describe, expect, it } from "vitest";
import { chromiumFlags, servePage } from "../src/webgpu/hosts/run-in-chromium.ts";
import { libraries } from "../src/webgpu/libraries/index.ts";
import { quantizeArms } from "../src/webgpu/measure-quantize.ts";

/** The longest that a busy machine may take, in ms. */
const timeout = 180_000;

/** Opens the page with its smallest plan, in Chromium with these flags, and fails on what it throws. */
async function openPage(flags: readonly string[], query = "?quick") {
  await using opened = new AsyncDisposableStack();
  const served = opened.use(await servePage());
  const browser = opened.use(await launchChromium({ args: flags }));
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(served.address + query);
  await page.locator("#report", { hasText: "Octet on WebGPU" }).waitFor({ timeout });
  const disposal = opened.move();
  return { page, errors, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

describe.skipIf(missingCapability !== undefined)(`the page (${missingCapability ?? "headless Chromium"})`, () => {
  it("times every arm that is right, runs the suite, and makes a report of it", { timeout }, async () => {
    await using opened = await openPage(chromiumFlags, "?quick&families=activation,errors");
    const { page, errors } = opened;
    expect(await page.locator("#adapter").textContent()).toMatch(/swiftshader.*a program on the CPU/);
    await page.click("#check");
    await page.locator("#verdict", { hasText: "skipped" }).waitFor({ timeout });
    expect(await page.locator("#verdict").textContent()).toMatch(/^\d\d passed, 0 failed, 0 skipped$/);

    await page.uncheck("#rows input[value='16']");
    await page.click("#measure");
    await page.locator("#status", { hasText: /Done|Error/ }).waitFor({ timeout });
    expect(await page.locator("#status").textContent()).toBe("Done.");
    const captions = await page.locator("#tables caption").allTextContents();
    expect(captions).toEqual([
      "Linear, weights 32x128 (out x in), GPU timestamps",
      "Linear, weights 32x128 (out x in), wall time",
      "Relative error of the linear layer against float64",
      "quantize, 32x128 float32, a scale per row, GPU timestamps",
      "quantize, 32x128 float32, a scale per row, wall time",
    ]);
    const linear = libraries.flatMap(({ arms }) => arms);
    for (const table of [0, 1]) {
      const times = await page.locator(`#tables table >> nth=${table} >> tbody td:nth-child(3)`).allTextContents();
      // SwiftShader has no float16.
      expect(times.map((time) => /^[\d.]+ ± \d+%$/.test(time))).toEqual(linear.map(({ needs }) => needs === undefined));
    }
    for (const table of [3, 4]) {
      const times = await page.locator(`#tables table >> nth=${table} >> tbody td:nth-child(3)`).allTextContents();
      expect(times).toEqual(quantizeArms.map(() => expect.stringMatching(/^[\d.]+ ± \d+%$/)));
    }

    const report = await page.locator("#report").textContent();
    expect(report).toContain("- Adapter: google swiftshader");
    expect(report).toMatch(/commit ([0-9a-f]{7,}|unknown)/);
    expect(report).toMatch(/\*\*\d\d passed, 0 failed, 0 skipped\*\* \(errors, activation\)/);
    for (const caption of captions) expect(report).toContain(`### ${caption}`);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.click("#copy");
    await page.locator("#copied", { hasText: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(report);
    expect(errors).toEqual([]);
  });

  it("says in the report what is missing", { timeout }, async () => {
    await using opened = await openPage(["--disable-features=WebGPU"]);
    expect(await opened.page.locator("#report").textContent()).toMatch(/\*\*Stopped:\*\* .*WebGPU/);
  });
});
