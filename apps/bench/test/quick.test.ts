import { execFile } from "node:child_process";
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { libraries } from "../src/libraries/index.ts";
import { memoryArms } from "../src/memory/index.ts";
import { readResults } from "../src/report/write-report.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

it("starts every arm, finds it right, and writes a report", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "octet-bench-"));
  const args = ["--conditions=octet-source", main, "--quick", "--out", folder.path];
  const { stdout } = await promisify(execFile)(process.execPath, args);

  const { linear, memory, quick } = await readResults(folder.path);
  expect(quick).toBe(true);
  expect(linear.map(({ rows, threads }) => [rows, threads])).toEqual([
    [1, 1],
    [1, 2],
    [16, 1],
    [16, 2],
  ]);
  for (const { rows, threads, arms } of linear) {
    const expected = libraries
      .filter(({ mostRows = rows }) => rows <= mostRows)
      .flatMap((library) => {
        const status = library.unavailable?.(threads) === undefined ? "timed" : "unavailable";
        return library.arms.map(({ id }) => [id, status]);
      });
    expect(arms.map(({ arm, status }) => [arm, status])).toEqual(expected);
  }
  for (const { job, arms } of memory) {
    expect(arms.map(({ arm, status }) => [arm, status])).toEqual(memoryArms[job].map(({ id }) => [id, "timed"]));
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
