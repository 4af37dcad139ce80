import { findTimed } from "../../report/find-outcome.ts";
import { digitsToTell, formatRatio } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import type { Clock, WebGPURun } from "../../results.ts";
import { baseline } from "./linear-grids.ts";
import { timeOver } from "./quantize-grids.ts";

/** A ratio that was to be reached with 1024x1024 on a software adapter. */
interface Target {
  readonly goal: string;
  readonly wanted: number;
  /** Whether a ratio should be that or more, or that or less. */
  readonly bound: "at least" | "at most";
  measure(run: WebGPURun, clock: Clock): number | undefined;
}

const speedOver = (mode: string, rows: number, atLeast: number): Target => ({
  goal: `M = ${rows}: ${mode} over onnxruntime-web's MatMulNBits`,
  wanted: atLeast,
  bound: "at least",
  measure({ linear }, clock) {
    const cell = linear.find(
      (cell) => cell.outFeatures === 1024 && cell.inFeatures === 1024 && cell.rows === rows && cell.clock === clock,
    );
    const of = findTimed(cell, baseline)?.repeated.median;
    const to = findTimed(cell, `octet-webgpu-${mode}`)?.repeated.median;
    return of && to && of / to;
  },
});

const timeOfQuantize = (goal: string, arm: string, atMost: number): Target => ({
  goal: `quantize: time over ${goal}`,
  wanted: atMost,
  bound: "at most",
  measure: ({ memory }, clock) =>
    timeOver(
      memory.find((cell) => cell.clock === clock),
      arm,
    ),
});

const targets: readonly Target[] = [
  speedOver("int8", 1, 5),
  speedOver("int16", 1, 5),
  speedOver("int8", 16, 3),
  speedOver("int16", 16, 3),
  timeOfQuantize("a naive float kernel, a workgroup a row", "naive-workgroup", 1.8),
  timeOfQuantize("a naive float kernel, an invocation a row", "naive-invocation", 1.8),
];

/** What was wanted on a software adapter, and what came out, by each clock of each run on one; no table where there is none. */
export function webgpuTargetGrids(runs: readonly WebGPURun[]): Grid[] {
  const columns = runs
    .filter(({ adapter }) => adapter.software)
    .flatMap((run) =>
      run.clocks.map((clock) => ({
        run,
        clock,
        title: `${run.place.replace(/^Headless /, "").replace(/ (\d+)[\d.]*/, " $1")}, ${clock}`,
      })),
    );
  if (columns.length === 0) return [];
  const grid: Grid = {
    title: "What was to be reached on a software adapter, 1024x1024",
    columns: [left(""), right("wanted"), ...columns.map(({ title }) => right(title))],
    rows: targets.map((target) => [
      target.goal,
      `${target.bound === "at least" ? "≥" : "≤"} ${formatRatio(target.wanted)}`,
      ...columns.map(({ run, clock }) => verdict(target, target.measure(run, clock))),
    ]),
  };
  return [grid];
}

function verdict({ wanted, bound }: Target, ratio: number | undefined): string {
  if (ratio === undefined) return "–";
  const met = bound === "at least" ? ratio >= wanted : ratio <= wanted;
  return met ? `${formatRatio(ratio)} met` : `${formatRatio(ratio, digitsToTell(ratio, wanted))} missed`;
}
