import { describe, expect, it } from "vitest";
import type { ArmTime, BenchCell, CUDACheck } from "../src/cuda/check-report.ts";
import { toResults } from "../src/cuda/read-check.ts";
import { gpuGrids } from "../src/cuda/report/beside-webgpu.ts";
import { describeGPU } from "../src/cuda/report/describe-check.ts";
import { elementwiseGrids } from "../src/cuda/report/elementwise-grids.ts";
import { goalGrids } from "../src/cuda/report/goals.ts";
import { cudaLinearGrids, lossGrid } from "../src/cuda/report/linear-grids.ts";
import { renderCUDAPage, renderCUDASummary, renderShortCUDASummary } from "../src/cuda/report/markdown.ts";
import { speedChart } from "../src/cuda/report/speed-chart.ts";
import { timed } from "./support/results.ts";

const arm = (name: string, microseconds: number, facts: Partial<ArmTime> = {}): ArmTime => ({
  name,
  microseconds,
  ...facts,
});
const cell = (m: number, arms: readonly ArmTime[], [n, k] = [1000, 2000]): BenchCell => ({ n, k, m, arms });

const check: CUDACheck = {
  check: {
    date: "2026-01-02T03:04:05.000Z",
    machine: { cpu: "Some CPU", cores: 8, memoryGiB: 64, node: "26.0.0", driver: "580.1" },
    report: { driverVersion: 13010 },
    results: [
      { part: "golden", status: "passed", summary: "7 passed" },
      { part: "calls", status: "passed", summary: "1", details: [{ name: "a call", returned: 1, done: 2.5 }] },
    ],
  },
  bench: {
    device: {
      name: "Some GPU",
      capability: 90,
      multiprocessors: 132,
      l2Bytes: 2 ** 20,
      memoryBytes: 150e9,
      cublasLtVersion: 130100,
    },
    ceilings: { copyGigabytesPerSecond: 300 },
    linear: [
      cell(1, [
        arm("octet-float16", 10, { spread: 0.01, error: 3e-4 }),
        arm("octet-int8", 25, { note: "overlaps" }),
        arm("cublaslt-float16", 17.999),
        arm("cublaslt-int8-raw", 20),
      ]),
      cell(64, [arm("octet-float16", 10), arm("cublaslt-float16", 17)]),
      cell(4096, [arm("octet-float16", 40), arm("octet-int8", 10), arm("cublaslt-float16", 20)]),
      cell(1, [arm("octet-float16", 10), arm("cublaslt-float16", 19)], [3000, 3000]),
    ],
    elementwise: [
      {
        rows: 8,
        columns: 4,
        arms: [
          { ...arm("copy", 10), bytes: 4e6 },
          { ...arm("quantize-rows", 10), bytes: 3e6 },
          { ...arm("dequantize-groups", 20), bytes: 2e6 },
        ],
      },
    ],
    leftOut: [],
  },
  torch: {
    versions: { torch: "2.0" },
    linear: [cell(4096, [arm("torch-int-mm", 9), arm("torch-weight-int8pack-mm", 5000, { samples: 1 })])],
    leftOut: ["a cell"],
  },
};

const results = toResults(check);
const [run] = results.runs;

const rowOf = (title: string, column = 3) => {
  const rows = goalGrids(run).flatMap((grid) => grid.rows);
  return rows.find(([goal]) => goal === title)?.slice(column);
};

describe("the tables of CUDA", () => {
  it("have a shape a table, with times and speeds over cuBLASLt's float16", () => {
    const grids = cudaLinearGrids(run);
    expect(grids.map(({ title }) => title)).toEqual([
      "Linear, weights 1000x2000 (N x K), µs",
      "Linear, weights 3000x3000 (N x K), µs",
    ]);
    expect(grids[0].columns.map(({ header }) => header)).toEqual([
      "M",
      "W8A16",
      "int8",
      "cuBLASLt float16",
      "cuBLASLt int8, raw",
      "torch _int_mm, raw",
      "torch _weight_int8pack_mm",
    ]);
    expect(grids[0].rows[0]).toEqual(["1", "10.0 (1.80×)", "25.0 (0.720×)", "18.0", "20.0 (0.900×)", "–", "–"]);
    expect(grids[0].rows[2].slice(1)).toEqual([
      "40.0 (0.500×)",
      "10.0 (2.00×)",
      "20.0",
      "–",
      "9.00 (2.22×)",
      "5000\\* (0.00400×)",
    ]);
    expect(grids[0].notes).toHaveLength(1);
    expect(grids[1].notes).toEqual([]);
  });

  it("name every loss, of raw products against int8 only", () => {
    expect(lossGrid(run).rows).toEqual([
      ["cuBLASLt float16", "W8A16", "M = 4096 (0.50×)", ""],
      ["cuBLASLt float16", "int8", "M = 1 (0.72×)", ""],
      ["cuBLASLt int8, raw", "int8", "M = 1 (0.80×)", ""],
      ["torch _int_mm, raw", "int8", "M = 4096 (0.90×)", ""],
    ]);
  });

  it("say which goal is reached, with the digits that it takes", () => {
    expect(rowOf("M = 1: W8A16 over cuBLASLt float16", 1)).toEqual([
      "≥ 1.80×",
      "≥ 1.85×",
      "1.7999×, missed",
      "1.90×, goal 2",
    ]);
    expect(rowOf("M = 64: W8A16 over cuBLASLt float16")).toEqual(["1.70×, goal 2", "not measured"]);
    expect(rowOf("M = 4096: W8A16 over cuBLASLt float16")).toEqual(["0.500×, missed", "not measured"]);
    expect(rowOf("M = 4096: int8 over cuBLASLt float16")).toEqual(["2.00×, goal 2", "not measured"]);
    expect(rowOf("M = 4096: int8, scales and all, over torch _int_mm's sums", 1)).toEqual([
      "≥ 1.00×",
      "",
      "0.900×, missed",
      "not measured",
    ]);
    // 2 MB in 10 µs are 200 GB/s, and the fastest copy moves 400.
    expect(rowOf("M = 1: bytes of weights a second, of the fastest copy")).toEqual(["50.0%, missed", "225%, goal 2"]);
    expect(rowOf("quantize, a scale per row: GB/s, of a copy")).toEqual(["75.0%, goal 1"]);
  });

  it("give no verdict on a shape that no goal was set for", () => {
    const other = { outFeatures: 4096, inFeatures: 4096 };
    const linear = run.linear.map((cell) => (cell.outFeatures === 3000 ? { ...cell, ...other } : cell));
    const [{ rows }] = goalGrids({ ...run, linear });
    expect(rows[0].slice(3)).toEqual(["1.7999×, missed", "1.90×"]);
  });

  it("set quantize and dequantize against a copy by bytes", () => {
    expect(elementwiseGrids(run)[0].rows).toEqual([
      ["copy", "10.0", "400", "100%"],
      ["quantize, a scale per row", "10.0", "300", "75.0%"],
      ["dequantize, a scale per 128 of a row", "20.0", "100", "25.0%"],
    ]);
  });

  it("put WebGPU beside CUDA where both were timed, by its first clock", () => {
    const layer = (rows: number, clock: "gpu" | "wall", ms: number) => ({
      ...{ outFeatures: 1000, inFeatures: 2000, rows, clock },
      arms: [timed("octet-webgpu-int8", ms / 2), timed("ort-webgpu-mat-mul-n-bits", ms)],
    });
    const webgpu = {
      clocks: ["gpu", "wall"] as const,
      linear: [layer(1, "wall", 9), layer(1, "gpu", 0.1), layer(2, "gpu", 1)],
    };
    const [grid, ...others] = gpuGrids(run, webgpu);
    expect(others).toEqual([]);
    expect(grid.columns.map(({ header }) => header)).toEqual(["library", "arm", "M = 1", "speed"]);
    expect(grid.rows.map((row) => row.slice(1))).toEqual([
      ["W8A16", "10.0", "10.0×"],
      ["int16", "–", ""],
      ["int8", "25.0", "4.00×"],
      ["octet-webgpu-int8", "50.0", "2.00×"],
      ["ort-webgpu-mat-mul-n-bits", "100", "1.00×"],
    ]);
  });
});

describe("the documents of CUDA", () => {
  const charts = [
    { file: "a.svg", title: "a chart" },
    { file: "b.svg", title: "another" },
  ];

  it("describe the machine", () => {
    expect(describeGPU(results)).toBe(
      "Some GPU with 150 GB, compute capability 9.0, 132 multiprocessors, 1.00 MiB of L2. " +
        "Driver 580.1, CUDA 13.1, cuBLASLt 13.1, PyTorch 2.0. Some CPU, 8 cores, 64 GiB, Node 26.0.0. 2026-01-02.",
    );
  });

  it("show charts, goals, losses, what was checked and what was left out", () => {
    const page = renderCUDAPage(results, charts);
    for (const text of [
      "![a chart](a.svg)",
      "![another](b.svg)",
      "| golden | passed | 7 passed |",
      "- a cell",
      "overlaps",
    ])
      expect(page).toContain(text);
    expect(page).toContain("| a call | 1.00 | 2.50 |");
    const summary = renderCUDASummary(results, charts, "there");
    for (const text of ["![a chart](there/cuda/a.svg)", "0.500×, missed", "M = 4096 (0.50×)", "(there/cuda/README.md)"])
      expect(summary).toContain(text);
  });

  it("have a short form with a chart, the first shape, and no arm that is never a choice", () => {
    const summary = renderShortCUDASummary(results, charts[0], "there/cuda");
    for (const text of ["![a chart](there/cuda/a.svg)", "10.0 (1.80×)", "(there/cuda/README.md)"])
      expect(summary).toContain(text);
    for (const text of ["int8pack", "one sample", "3000x3000", "goal 1"]) expect(summary).not.toContain(text);
  });

  it("draw a line for each arm but the one that all are compared with", () => {
    const { data } = speedChart(run) as unknown as { data: { values: { arm: string; m: number; speed: number }[] } };
    expect(data.values.filter(({ m }) => m === 4096).map(({ arm, speed }) => [arm, speed])).toEqual([
      ["W8A16", 0.5],
      ["int8", 2],
      ["torch _int_mm, raw", 20 / 9],
      ["torch _weight_int8pack_mm", 0.004],
    ]);
  });
});
