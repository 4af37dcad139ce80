import { execFile } from "node:child_process";
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { libraries } from "../src/libraries/index.ts";
import { memoryArms } from "../src/memory/index.ts";
import { readResults } from "../src/report/results-file.ts";
import type { CPUResults, Outcome } from "../src/results.ts";

/** The longest that a busy machine may take, in ms. */
const timeout = 180_000;

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

it("starts every arm, finds it right, and writes a report", { timeout }, async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "octet-bench-"));
  const args = ["--conditions=octet-source", main, "--quick", "--out", folder.path];
  const { stdout } = await promisify(execFile)(process.execPath, args);

  const { quick, runs } = await readResults<CPUResults>(folder.path);
  const [{ linear, memory }] = runs;
  expect(quick).toBe(true);
  expect(linear.map(({ rows, threads }) => [rows, threads])).toEqual([
    [1, 1],
    [1, 2],
    [16, 1],
    [16, 2],
  ]);
  for (const { rows, threads, arms } of linear) {
    const expected = libraries.filter(({ mostRows = rows }) => rows <= mostRows).flatMap((library) => library.arms);
    expect(arms.map(({ arm }) => arm)).toEqual(expected.map(({ id }) => id));
    expectTimed(threads!, arms);
  }
  expect(memory.map(({ job, threads }) => [job, threads])).toEqual([
    ["quantize", 1],
    ["quantize", 2],
    ["dequantize", 1],
    ["dequantize", 2],
  ]);
  for (const { job, threads, arms } of memory) {
    expect(arms.map(({ arm }) => arm)).toEqual(memoryArms[job as keyof typeof memoryArms].map(({ id }) => id));
    expectTimed(threads!, arms);
  }

  const page = await readFile(join(folder.path, "README.md"), "utf8");
  for (const { name } of libraries) {
    expect(stdout).toContain(name);
    expect(page).toContain(`| ${name} |`);
  }
  for (const chart of ["linear-1-thread.svg", "linear-2-threads.svg", "memory.svg"]) {
    expect(page).toContain(`(${chart})`);
    expect(await readFile(join(folder.path, chart), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  }
});

/** All arms were timed, but for those that cannot use more than one thread. */
function expectTimed(threads: number, arms: readonly Outcome[]): void {
  const single = threads > 1 ? ["Octet reference", "tfjs-backend-wasm"] : [];
  const untimed = arms.filter(({ status }) => status !== "timed");
  const unavailable = arms.filter(({ library }) => single.includes(library));
  expect(untimed).toEqual(unavailable.map(({ arm }) => expect.objectContaining({ arm, status: "unavailable" })));
}
