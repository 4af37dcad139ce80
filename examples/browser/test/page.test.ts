import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launchChromium, missingCapability } from "@octet/browser-testing";
import { quantizeCheckpoint } from "@octet/checkpoint";
import { createReferenceBackend } from "@octet/core";
import { bytesSource } from "@octet/safetensors";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const model = fileURLToPath(new URL("../../tiny-llama/model/model.safetensors", import.meta.url));
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** What the reference backend makes of the model, in Node. */
async function expectedFile(): Promise<{ sha256: string; snrDb: string[] }> {
  const hash = createHash("sha256");
  const sink = {
    write: async (bytes: Uint8Array) => {
      hash.update(bytes);
    },
  };
  const source = bytesSource(await readFile(model));
  const report = await quantizeCheckpoint(source, () => sink, { backend: createReferenceBackend(), format: "int8" });
  const snrDb = report.layers.map((layer) => layer.snrDb).sort((a, b) => a - b);
  return { sha256: hash.digest("hex"), snrDb: snrDb.map((value) => value.toFixed(2)) };
}

describe.skipIf(missingCapability !== undefined)(`the page (${missingCapability ?? "headless Chromium"})`, () => {
  let server: ViteDevServer;
  let address: string;

  beforeAll(async () => {
    server = await createServer({ root: folder, server: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
    await server.listen();
    const bound = server.httpServer?.address();
    address = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}/`;
  });
  afterAll(() => server.close());

  it.each(["webgpu", "wasm", "reference"])(
    "quantizes a checkpoint with %s, to the reference's bytes",
    { timeout: 180_000 },
    async (backend) => {
      await using browser = await launchChromium({
        args: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--no-zygote"],
      });
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(address);
      await page.selectOption("#backend", backend);
      await page.setInputFiles("#file", model);
      await page.locator("#status", { hasText: /^Quantized|ERR_|Error/ }).waitFor({ timeout: 120_000 });
      expect(await page.locator("#status").textContent()).toMatch(/^Quantized \d+ layers/);

      const { sha256, snrDb } = await expectedFile();
      const rows = await page.locator("#report tbody tr").allTextContents();
      expect(rows.length).toBe(snrDb.length);
      expect(await page.locator("#report tbody tr td:nth-child(3)").allTextContents()).toEqual(snrDb);
      const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download")]);
      expect(download.suggestedFilename()).toBe("model.int8.safetensors");
      expect(digest(await readFile(await download.path()))).toBe(sha256);
      expect(errors).toEqual([]);
    },
  );

  it("runs the conformance suite at the press of a button", { timeout: 240_000 }, async () => {
    await using browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(address);
    await page.selectOption("#backend", "reference");
    await page.click("#check");
    await page.locator("#summary", { hasText: "skipped" }).waitFor({ timeout: 200_000 });
    expect(await page.locator("#failures li").allTextContents()).toEqual([]);
    expect(await page.locator("#summary").textContent()).toMatch(/^\d{3} passed, 0 failed, 0 skipped$/);
  });
});
