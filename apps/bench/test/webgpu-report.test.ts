import { describe, expect, it } from "vitest";
import type { Clock, Outcome, WebGPURun } from "../src/results.ts";
import { webgpuLinearGrids } from "../src/webgpu/report/linear-grids.ts";
import { webgpuLossGrids } from "../src/webgpu/report/loss-grids.ts";
import { renderShortWebGPUSummary, renderWebGPUPage } from "../src/webgpu/report/markdown.ts";
import { quantizeGrids } from "../src/webgpu/report/quantize-grids.ts";
import { webgpuTargetGrids } from "../src/webgpu/report/targets.ts";
import { resultsOf, timed } from "./support/results.ts";

const layer = (rows: number, clock: Clock, arms: readonly Outcome[]) => {
  return { outFeatures: 1024, inFeatures: 1024, rows, clock, arms };
};
const matMulNBits = (ms: number) => timed("ort-webgpu-mat-mul-n-bits", ms);
const octet = (mode: string, ms: number) => timed(`octet-webgpu-${mode}`, ms);
const bytes = (ms: number, arm: string) => timed(arm, ms, { bytes: 5e6 });

const run: WebGPURun = {
  platform: "webgpu",
  place: "Some Browser 1.2",
  adapter: {
    vendor: "acme",
    architecture: "",
    device: "",
    description: "",
    software: true,
    features: ["timestamp-query"],
    languageFeatures: [],
  },
  versions: { peer: "1.2.3" },
  jobs: 4,
  clocks: ["gpu", "wall"],
  linear: [
    layer(1, "gpu", [octet("int8", 1), octet("int16", 2), matMulNBits(6)]),
    layer(16, "gpu", [octet("int8", 10), octet("int16", 30), matMulNBits(60)]),
    layer(1, "wall", [octet("int8", 2), matMulNBits(8)]),
  ],
  memory: [
    {
      job: "quantize",
      outFeatures: 1024,
      inFeatures: 1024,
      clock: "gpu",
      arms: [bytes(5, "octet-webgpu"), bytes(4, "naive-workgroup"), bytes(2, "naive-invocation")],
    },
  ],
};

describe("the tables of a run on WebGPU", () => {
  it("set the linear layer against MatMulNBits, for each clock", () => {
    const grids = webgpuLinearGrids(run);
    expect(grids.map(({ title }) => title)).toEqual([
      "Linear, weights 1024x1024 (out x in), GPU timestamps",
      "Linear, weights 1024x1024 (out x in), wall time",
    ]);
    expect(grids[0].rows[0].slice(2)).toEqual(["1.00 ± 10%", "6.00×", "10.0 ± 10%", "6.00×"]);
    expect(grids[1].rows[0].slice(2)).toEqual(["2.00 ± 10%", "4.00×"]);
  });

  it("set quantize against float kernels", () => {
    expect(quantizeGrids(run)[0].rows.map((row) => row.slice(2))).toEqual([
      ["5.00 ± 10%", "1.00", ""],
      ["4.00 ± 10%", "1.25", "1.25×"],
      ["2.00 ± 10%", "2.50", "2.50×"],
    ]);
  });

  it("say which targets were met, and what was not measured", () => {
    const hardware = { ...run, adapter: { ...run.adapter, software: false } };
    expect(webgpuTargetGrids([hardware])).toEqual([]);
    const [{ columns, rows }] = webgpuTargetGrids([run, hardware]);
    expect(columns.slice(2).map(({ header }) => header)).toEqual(["Some Browser 1, gpu", "Some Browser 1, wall"]);
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["6.00× met", "4.00× missed"],
      ["3.00× missed", "–"],
      ["6.00× met", "–"],
      ["2.00× missed", "–"],
      ["1.25× met", "–"],
      ["2.50× missed", "–"],
    ]);
  });

  it("show a miss that three digits would hide", () => {
    const near = { ...run, linear: [layer(1, "gpu", [octet("int8", 1), matMulNBits(4.9996)])] };
    const [{ rows }] = webgpuTargetGrids([near]);
    expect(rows[0].slice(1, 3)).toEqual(["≥ 5.00×", "4.9996× missed"]);
  });

  it("name what is faster, by the first clock", () => {
    const fast = [octet("int8", 10), octet("float", 30), octet("float32", 30), timed("ort-webgpu-float32", 20)];
    const linear = [
      layer(1, "gpu", [octet("float", 1), matMulNBits(2)]),
      layer(16, "gpu", fast),
      layer(1, "wall", fast),
    ];
    const [grid, ...others] = webgpuLossGrids({ ...run, linear });
    expect(others).toEqual([]);
    expect(grid.rows).toEqual([
      ["ort: ort-webgpu-float32", "float32 activations", "", "0.667×"],
      ["ort: ort-webgpu-float32", "float32 weights", "", "0.667×"],
    ]);
    expect(webgpuLossGrids(run)).toEqual([]);
  });

  it("have a short form with the first shape by the first clock", () => {
    const { date, quick, machine } = resultsOf([], []);
    const results = { schema: 2, date, quick, machine, runs: [run] } as const;
    const summary = renderShortWebGPUSummary(results, { file: "chart.svg", title: "a chart" }, "there");
    for (const text of ["![a chart](there/chart.svg)", "acme", "peer 1.2.3", "| 6.00× |", "(there/README.md)"])
      expect(summary).toContain(text);
    expect(summary).not.toContain("wall time**");
  });

  it("stand on a page with all runs and charts", () => {
    const { date, quick, machine } = resultsOf([], []);
    const page = renderWebGPUPage({ schema: 2, date, quick, machine, runs: [run] }, [
      { file: "chart.svg", title: "a chart" },
    ]);
    expect(page).toContain("## Some Browser 1.2\n\n![a chart](chart.svg)");
    expect(page).toContain("Times are those of one job of 4 that were enqueued before anyone waited");
    expect(page).toContain("| peer 1.2.3".slice(2));
  });
});
