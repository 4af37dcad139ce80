import { fileURLToPath } from "node:url";
import { launchChromium } from "@octet/browser-testing";
import { createServer } from "vite";
import type { OnStep } from "../../report/progress.ts";
import type { WebGPURun } from "../../results.ts";
import type { PageFunctions } from "../page/page-functions.ts";
import type { PlanRequest } from "../plan.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** SwiftShader for WebGPU, and its timestamps to the nanosecond: Chromium rounds them to 0.1 ms for ordinary pages. */
export const chromiumFlags: readonly string[] = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-dawn-features=timestamp_quantization",
  "--no-zygote",
];

/** Serves the page of the bench on a free port. It does not follow changes of files, which would start a run over. */
export async function servePage(): Promise<AsyncDisposable & { readonly address: string }> {
  const server = await createServer({
    root,
    server: { port: 0, host: "127.0.0.1", watch: null, hmr: false },
    logLevel: "error",
  });
  await server.listen();
  const bound = server.httpServer?.address();
  const port = typeof bound === "object" ? bound?.port : undefined;
  return { address: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: () => server.close() };
}

/** Measures in the page, in headless Chromium on SwiftShader. */
export async function runInChromium(request: PlanRequest, onStep: OnStep): Promise<WebGPURun> {
  await using served = await servePage();
  await using browser = await launchChromium({ args: chromiumFlags });
  const page = await browser.newPage();
  await page.exposeFunction("onStep", (text: string, done: number) => onStep(`Chromium: ${text}`, done));
  await page.goto(served.address);
  await page.waitForFunction(() => "measureOnPage" in globalThis);
  const run = await page.evaluate(({ request }) => (globalThis as unknown as PageFunctions).measureOnPage(request), {
    request,
  });
  return { ...run, place: `Headless Chromium ${browser.version()}` };
}
