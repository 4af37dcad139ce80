/** @module-tag full */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { denoExecutable } from "@octet/browser-testing";
import { expect, test } from "vitest";
import { bundle } from "../test/support/bundle.ts";
import type { ConformanceReport } from "../test/support/conformance-report.ts";

test.skipIf(denoExecutable === undefined)(
  `the suite passes in Deno, whose WebGPU is wgpu (${denoExecutable === undefined ? "not installed here" : "from npm"})`,
  { timeout: 300_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "octet-deno-"));
    try {
      const script = join(folder, "print.js");
      await writeFile(script, await bundle("conformance-print.ts"));
      // Nothing is allowed but WebGPU, which needs no permission; the cache stays out of the home folder.
      const env = { ...process.env, DENO_DIR: folder, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
      const { stdout } = await promisify(execFile)(denoExecutable as string, ["run", "--no-prompt", script], { env });
      const { device, features, summary, notPassed }: ConformanceReport = JSON.parse(stdout);
      expect(device).toContain("SwiftShader");
      expect(features).toContain("software");
      expect(notPassed).toEqual([]);
      expect(summary).toMatch(/^\d{3} passed, 0 failed, 0 skipped$/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
