import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { decompress, fillOnce } from "./cache.ts";
import { untar } from "./untar.ts";

/** Starts a headless Chromium whose WebGPU runs on SwiftShader. All of it comes from npm; the first start unpacks it (about 215 MB). */
export async function launchChromium(): Promise<Browser> {
  const folder = fillOnce("chromium", (target) => {
    untar(decompress("swiftshader.tar.br"), target);
    untar(decompress("al2023.tar.br"), target);
    writeFileSync(join(target, "chromium"), decompress("chromium.br"), { mode: 0o755 });
  });
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: [
      "--no-sandbox",
      "--no-zygote",
      "--disable-dev-shm-usage",
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
    ],
    env: { ...process.env, LD_LIBRARY_PATH: folder },
  });
}
