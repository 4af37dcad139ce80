/** @module-tag full */
import { execFile } from "node:child_process";
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { missingCapability } from "@octet/browser-testing";
import { expect, it } from "vitest";
import { readResults } from "../src/report/results-file.ts";
import type { WebGPUResults } from "../src/results.ts";
import { libraries } from "../src/webgpu/libraries/index.ts";
import { quantizeArms } from "../src/webgpu/measure-quantize.ts";

/** The longest that a busy machine may take, in ms. */
const timeout = 180_000;

const main = fileURLToPath(new URL("../src/webgpu/main.ts", import.meta.url));

it.skipIf(missingCapability !== undefined)(
  `starts every arm in Chromium and on Dawn, and writes a report (${missingCapability ?? "SwiftShader"})`,
  { timeout },
  async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "octet-bench-"));
    const args = ["--conditions=octet-source", main, "--quick", "--out", folder.path];
    const { stdout } = await promisify(execFile)(process.execPath, args);

    const { quick, runs } = await readResults<WebGPUResults>(folder.path);
    expect(quick).toBe(true);
    expect(runs.map(({ place }) => place)).toEqual([
      expect.stringMatching(/^Headless Chromium \d+/),
      expect.stringMatching(/^Node \d+.*Dawn/),
    ]);
    const linear = libraries.flatMap(({ arms }) => arms);
    for (const run of runs) {
      expect(run.clocks).toEqual(["gpu", "wall"]);
      expect(run.linear.map(({ rows, clock }) => [rows, clock])).toEqual([
        [1, "gpu"],
        [1, "wall"],
        [16, "gpu"],
        [16, "wall"],
      ]);
      for (const { arms } of run.linear) {
        expect(arms.map(({ arm, status }) => [arm, status])).toEqual(
          // SwiftShader has no float16.
          linear.map(({ id, needs }) => [id, needs === undefined ? "timed" : "unavailable"]),
        );
      }
      for (const { arms } of run.memory) {
        expect(arms.map(({ arm, status }) => [arm, status])).toEqual(quantizeArms.map(({ id }) => [id, "timed"]));
      }
      expect(stdout).toContain(run.place);
    }
    const page = await readFile(join(folder.path, "README.md"), "utf8");
    for (const chart of ["linear-headless-chromium.svg", "linear-node.svg"]) {
      expect(page).toContain(`(${chart})`);
      expect(await readFile(join(folder.path, chart), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    }
  },
);
