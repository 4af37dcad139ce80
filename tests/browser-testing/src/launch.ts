import { type Browser, chromium } from "playwright-core";
import { unpackChromium } from "./unpack.ts";

export interface LaunchOptions {
  /** More flags for Chromium, `--enable-unsafe-webgpu` for instance. */
  readonly args?: readonly string[];
}

/**
 * Starts headless Chromium; close it when done, or let `await using` do it. It runs without a sandbox, so that it starts in containers
 * and as root: give it nothing but pages of your own.
 */
export async function launchChromium({ args = [] }: LaunchOptions = {}): Promise<Browser> {
  const { executable, libraryPath } = await unpackChromium();
  return chromium.launch({
    executablePath: executable,
    args: ["--no-sandbox", "--disable-dev-shm-usage", ...args],
    env: { ...process.env, LD_LIBRARY_PATH: libraryPath } as Record<string, string>,
  });
}
