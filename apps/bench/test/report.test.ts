import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { describeRun, findDoubt } from "../src/report/describe-run.ts";
import { errorGrid } from "../src/report/error-grid.ts";
import { insertBetweenMarks } from "../src/report/insert.ts";
import { freshGrids, linearGrids } from "../src/report/linear-grids.ts";
import { memoryGrids } from "../src/report/memory-grids.ts";
import { printGrid } from "../src/report/print.ts";
import { targetGrid } from "../src/report/targets.ts";
import { linearCell, memoryCell, resultsOf, timed } from "./support/results.ts";

const wrong = { arm: "bad", library: "bad", title: "arm", status: "wrong", reason: "NaN" } as const;
const missing = { arm: "none", library: "none", title: "arm", status: "unavailable", reason: "no threads" } as const;

describe("the tables of the linear layer", () => {
  const results = resultsOf(
    [
      linearCell(1, 1, [timed("ort-web-dynamic-int8", 4), timed("octet-a", 1), wrong, missing]),
      linearCell(128, 1, [timed("ort-web-dynamic-int8", 100), missing]),
    ],
    [],
  );

  it("have an arm a row, its time and its speed against the baseline", () => {
    const [grid] = linearGrids(results);
    expect(grid.rows).toEqual([
      ["ort", "ort-web-dynamic-int8", "4.00 ± 10%", "1.00×", "100 ± 10%", "1.00×"],
      ["octet", "octet-a", "1.00 ± 10%", "4.00×", "–", ""],
      ["bad", "arm", "wrong", "", "–", ""],
      ["none", "arm", "–", "", "–", ""],
    ]);
    expect(grid.notes).toEqual(["bad, arm, M = 1, is wrong and was not timed: NaN", "none: no threads"]);
  });

  it("show first calls with one row of activations", () => {
    expect(freshGrids(results)[0].rows[1]).toEqual(["octet", "octet-a", "2.00 ± 0%", "4.00×"]);
  });

  it("show the largest error of each arm", () => {
    expect(errorGrid(results).rows).toEqual([
      ["ort", "ort-web-dynamic-int8", "1.0e-7"],
      ["octet", "octet-a", "1.0e-7"],
      ["bad", "arm", "–"],
      ["none", "arm", "–"],
    ]);
  });

  it("line up on a terminal", () => {
    const lines = printGrid(linearGrids(results)[0]).split("\n");
    expect(lines[0]).toBe("Linear, weights 4096x4096 (out x in), 1 thread");
    expect(new Set(lines.slice(2, 8).map((line) => line.length)).size).toBe(1);
  });
});

describe("the table of targets", () => {
  const verdicts = (measured: ReturnType<typeof targetGrid>) => measured.rows.map((row) => [row[2], row[3]]);

  it("says what was not measured", () => {
    for (const verdict of verdicts(targetGrid(resultsOf([], [])))) expect(verdict).toEqual(["–", "not measured"]);
  });

  it("sets speeds against what was wanted", () => {
    const wasm = (suffix: string, ms: number) => timed(`octet-wasm-relaxed-${suffix}`, ms);
    const inside = (ms: number) => timed("octet-wasm-relaxed-inside", ms, { bytes: 80 });
    const linear = [
      linearCell(1, 1, [
        timed("ort-web-dynamic-int8", 4),
        timed("ort-web-mat-mul-n-bits", 29),
        timed("ort-web-float32", 5),
        timed("ort-node-dynamic-int8", 0.7),
        wasm("int16", 1),
        wasm("float", 2),
      ]),
      linearCell(128, 1, [
        timed("ort-web-dynamic-int8", 120),
        timed("ort-web-float32", 120),
        wasm("int8", 100),
        wasm("int16", 110),
        wasm("float", 90),
      ]),
      linearCell(128, 2, [wasm("int8", 50), wasm("int16", 90), wasm("float", 45)]),
    ];
    const memory = [
      memoryCell("quantize", 1, [inside(10), timed("loop", 40, { bytes: 80 }), timed("copy-wasm", 10, { bytes: 128 })]),
      memoryCell("quantize", 2, [inside(5)]),
    ];
    expect(verdicts(targetGrid(resultsOf(linear, memory)))).toEqual([
      ["4.00×", "met"],
      ["29.0×", "missed"],
      ["0.700×", "missed"],
      ["0.700×", "missed"],
      ["2.50×", "met"],
      ["1.20×", "met"],
      ["1.09×", "missed"],
      ["1.33×", "met"],
      ["2.00×", "met"],
      ["1.22×", "missed"],
      ["2.00×", "met"],
      ["2.00×", "met"],
      ["0.625×", "met"],
      ["4.00×", "missed"],
    ]);
  });
});

it("sets quantize against a copy by bytes, and against a loop by time", () => {
  const arms = [
    timed("octet-x", 2, { bytes: 5e6 }),
    timed("loop", 10, { bytes: 5e6 }),
    { ...timed("copy-wasm", 2, { bytes: 8e6 }), library: "copy" },
  ];
  const [grid] = memoryGrids(resultsOf([], [memoryCell("quantize", 1, arms)]));
  expect(grid.rows.map((row) => row.slice(3))).toEqual([
    ["2.50", "63%", "5.00×"],
    ["0.500", "13%", "1.00×"],
    ["4.00", "100%", ""],
  ]);
});

describe("the description of a run", () => {
  it("names the machine and the peers, and doubts busy machines and quick runs", () => {
    const results = resultsOf([], []);
    expect(describeRun(results)).toContain("Some CPU, 2 cores, 8 GiB, linux x64, Node 26.0.0");
    expect(describeRun(results)).toContain("peer 1.2.3");
    expect(findDoubt(results)).toBeUndefined();
    expect(findDoubt({ ...results, quick: true })).toContain("quick");
    expect(findDoubt({ ...results, machine: { ...results.machine, load: [1.5, 0, 0] } })).toContain("busy");
  });
});

describe("the marks", () => {
  it.each(["../README.md", "../../../README.md"])("are in %s, once", async (path) => {
    const document = await readFile(fileURLToPath(new URL(path, import.meta.url)), "utf8");
    const once = insertBetweenMarks(document, "figures");
    expect(insertBetweenMarks(once, "figures")).toBe(once);
    expect(once.split("bench: begin").length).toBe(2);
    const both = insertBetweenMarks(once, "figures", "webgpu");
    expect(insertBetweenMarks(both, "figures", "webgpu")).toBe(both);
    expect(both.split("webgpu: begin").length).toBe(2);
  });

  it("are missed when they are not there", () => {
    expect(() => insertBetweenMarks("no marks", "figures")).toThrow("lacks the marks");
  });
});
