import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { describeRun, findDoubt } from "../src/report/describe-run.ts";
import { errorGrid } from "../src/report/error-grid.ts";
import { insertBetweenMarks } from "../src/report/insert.ts";
import { linearChart } from "../src/report/linear-chart.ts";
import { freshGrids, linearGrids } from "../src/report/linear-grids.ts";
import { lossGrids } from "../src/report/loss-grid.ts";
import { renderPage, renderShortSummary, renderSummary } from "../src/report/markdown.ts";
import { memoryChart } from "../src/report/memory-chart.ts";
import { memoryGrids } from "../src/report/memory-grids.ts";
import { printGrid } from "../src/report/print.ts";
import { targetGrid } from "../src/report/targets.ts";
import { linearCell, memoryCell, resultsOf, runOf, timed } from "./support/results.ts";

const wrong = { arm: "bad", library: "bad", title: "arm", status: "wrong", reason: "NaN" } as const;
const missing = { arm: "none", library: "none", title: "arm", status: "unavailable", reason: "no threads" } as const;

describe("the tables of the linear layer", () => {
  const results = resultsOf(
    [
      linearCell(1, 1, [timed("ort-web-dynamic-int8", 4, { error: 3e-3 }), timed("octet-a", 1), wrong, missing]),
      linearCell(128, 1, [timed("ort-web-dynamic-int8", 100), missing]),
    ],
    [],
  );

  it("have an arm a row, its time and its speed against the baseline", () => {
    const [grid] = linearGrids(results.runs[0]);
    expect(grid.rows).toEqual([
      ["ort", "ort-web-dynamic-int8", "4.00 ± 10%", "1.00×", "100 ± 10%", "1.00×"],
      ["octet", "octet-a", "1.00 ± 10%", "4.00×", "–", ""],
      ["bad", "arm", "wrong", "", "–", ""],
      ["none", "arm", "–", "", "–", ""],
    ]);
    expect(grid.notes).toEqual(["bad, arm, M = 1, is wrong and was not timed: NaN", "none: no threads"]);
  });

  it("show first calls with one row of activations", () => {
    expect(freshGrids(results.runs[0])[0].rows[1]).toEqual(["octet", "octet-a", "2.00 ± 0%", "4.00×"]);
  });

  it("show the largest error of each arm", () => {
    expect(errorGrid(results.runs[0]).rows).toEqual([
      ["ort", "ort-web-dynamic-int8", "3.0e-3"],
      ["octet", "octet-a", "1.0e-7"],
      ["bad", "arm", "–"],
      ["none", "arm", "–"],
    ]);
  });

  it("line up on a terminal", () => {
    const lines = printGrid(linearGrids(results.runs[0])[0]).split("\n");
    expect(lines[0]).toBe("Linear, weights 4096x4096 (out x in), 1 thread");
    expect(new Set(lines.slice(2, 8).map((line) => line.length)).size).toBe(1);
  });
});

describe("the table of targets", () => {
  const verdicts = (measured: ReturnType<typeof targetGrid>) => measured.rows.map((row) => [row[2], row[3]]);

  it("says what was not measured", () => {
    for (const verdict of verdicts(targetGrid(runOf([], [])))) expect(verdict).toEqual(["–", "not measured"]);
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
    expect(verdicts(targetGrid(runOf(linear, memory)))).toEqual([
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

it("shows a miss that three digits would hide", () => {
  const layer = (threads: number, ms: number) => linearCell(128, threads, [timed("octet-wasm-relaxed-int8", ms)]);
  const row = targetGrid(runOf([layer(1, 179.96), layer(2, 100)], [])).rows.find(([goal]) => goal.includes("int8: 2"));
  expect(row?.slice(1, 4)).toEqual(["≥ 1.8000×", "1.7996×", "missed"]);
});

describe("the tables of losses", () => {
  const octet = (way: string, ms: number) => timed(`octet-wasm-relaxed-${way}`, ms);
  const layer = (rows: number, int8: number, node: number) =>
    linearCell(rows, 1, [
      octet("int8", int8),
      octet("int16", 2 * int8),
      octet("float", 50),
      octet("float32", 30),
      timed("ort-node-dynamic-int8", node),
      timed("ort-web-mat-mul-n-bits", 60),
      timed("ort-web-float32", 29.9),
    ]);

  it("name what is faster at the same job, and by how much", () => {
    const [grid] = lossGrids(runOf([layer(1, 4, 5), layer(128, 10, 5)], []));
    expect(grid.columns.slice(2).map(({ header }) => header)).toEqual(["M = 1, 1 thread", "M = 128, 1 thread"]);
    expect(grid.rows).toEqual([
      ["ort: ort-node-dynamic-int8", "int8 activations", "", "0.500×"],
      ["ort: ort-node-dynamic-int8", "int16 activations", "0.625×", "0.250×"],
      ["ort: ort-web-float32", "float32 activations", "0.598×", "0.598×"],
      ["ort: ort-web-float32", "float32 weights", "0.9967×", "0.9967×"],
    ]);
  });

  it("set loops against host to host", () => {
    const arms = [octet("inside", 1), octet("host", 40), timed("loop", 10)];
    const [, grid] = lossGrids(runOf([layer(128, 10, 5)], [memoryCell("dequantize", 1, arms)]));
    expect(grid.rows).toEqual([["loop: loop", "host to host", "0.250×"]]);
  });

  it("are left out where nothing is lost", () => {
    expect(lossGrids(runOf([linearCell(1, 1, [octet("float", 1), timed("ort-web-mat-mul-n-bits", 2)])], []))).toEqual(
      [],
    );
  });
});

describe("the documents of a run", () => {
  const arm = (ms: number) => timed("octet-wasm-relaxed-host", ms, { bytes: 5e6 });
  const results = resultsOf(
    [linearCell(1, 1, [timed("ort-web-dynamic-int8", 4), timed("octet-wasm-relaxed-int8", 8)])],
    [memoryCell("quantize", 1, [arm(1)]), memoryCell("quantize", 2, [arm(1)]), memoryCell("dequantize", 1, [arm(2)])],
  );
  const charts = [{ file: "a.svg", title: "a chart" }];

  it("show the machine, charts, quantize and dequantize, targets and losses", () => {
    for (const text of [renderSummary(results, charts, "there"), renderPage(results, charts)]) {
      for (const part of ["Some CPU, 2 cores", "quantize, 4096x4096", "dequantize, 4096x4096", "≥ 4.00×", "| 0.500× |"])
        expect(text).toContain(part);
    }
    expect(renderPage(results, charts)).toContain("![a chart](a.svg)");
    const summary = renderSummary(results, charts, "there");
    expect(summary).toContain("![a chart](there/a.svg)");
    expect(summary).toContain("(there/README.md)");
    expect(summary).not.toContain("2 threads**");
  });

  it("have a short form with a chart and the first shape", () => {
    const summary = renderShortSummary(results, charts[0], "there");
    for (const part of ["Some CPU, 2 cores", "![a chart](there/a.svg)", "| 0.500× |", "(there/README.md)"])
      expect(summary).toContain(part);
    expect(summary).not.toContain("quantize, 4096x4096");
  });

  it("draw medians between quartiles, and bandwidths", () => {
    const valuesOf = (spec: unknown) => (spec as { data: { values: object[] } }).data.values;
    expect(valuesOf(linearChart("", results.runs[0].linear))[1]).toMatchObject({
      ...{ shape: "4096x4096", rows: "M = 1" },
      ...{ median: 8, lower: 7.2, upper: 8.8 },
    });
    expect(valuesOf(memoryChart(results)).map((value) => (value as { gigabytes: number }).gigabytes)).toEqual([
      5, 5, 2.5,
    ]);
  });
});

it("sets quantize against a copy by bytes, and against a loop by time", () => {
  const arms = [
    timed("octet-x", 2, { bytes: 5e6 }),
    timed("loop", 10, { bytes: 5e6 }),
    { ...timed("copy-wasm", 2, { bytes: 8e6 }), library: "copy" },
  ];
  const [grid] = memoryGrids(runOf([], [memoryCell("quantize", 1, arms)]));
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
    const two = insertBetweenMarks(once, "figures", "webgpu");
    const three = insertBetweenMarks(two, "figures", "cuda");
    expect(insertBetweenMarks(insertBetweenMarks(three, "figures", "webgpu"), "figures", "cuda")).toBe(three);
    for (const mark of ["webgpu", "cuda"]) expect(three.split(`${mark}: begin`).length).toBe(2);
  });

  it("are in docs/cuda.md for CUDA", async () => {
    const document = await readFile(fileURLToPath(new URL("../../../docs/cuda.md", import.meta.url)), "utf8");
    expect(insertBetweenMarks(document, "figures", "cuda")).toContain("-->\n\nfigures\n\n<!--");
  });

  it("are missed when they are not there", () => {
    expect(() => insertBetweenMarks("no marks", "figures")).toThrow("lacks the marks");
  });
});
