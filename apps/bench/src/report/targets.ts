import type { MemoryCell, Run } from "../results.ts";
import { findTimed } from "./find-outcome.ts";
import { digitsToTell, formatRatio } from "./format.ts";
import { type Grid, left, right } from "./grid.ts";
import { baseline } from "./linear-grids.ts";
import { bandwidthOf } from "./memory-grids.ts";

type Cells = Pick<Run, "linear" | "memory">;

/** A ratio that the relaxed SIMD build set out to reach. */
interface Target {
  readonly goal: string;
  readonly atLeast: number;
  /** Of the arms of a build, named by the beginning of their ids; undefined where something was not measured. */
  measure(run: Cells, build: string): number | undefined;
}

const builds = { relaxed: "octet-wasm-relaxed", plain: "octet-wasm-plain" } as const;

const speedOver = (
  goal: string,
  atLeast: number,
  rows: number,
  mode: string,
  other: string,
  calls: "fresh" | "repeated" = "repeated",
): Target => ({
  goal: `M = ${rows}, 1 thread: ${goal}`,
  atLeast,
  measure(results, build) {
    const cell = linearCell(results, rows, 1);
    return ratio(findTimed(cell, other)?.[calls]?.median, findTimed(cell, `${build}-${mode}`)?.[calls]?.median);
  },
});

const scaling = (mode: string): Target => ({
  goal: `M = 128, ${mode}: 2 threads over 1`,
  atLeast: 1.8,
  measure: (results, build) =>
    ratio(
      findTimed(linearCell(results, 128, 1), `${build}-${mode}`)?.repeated.median,
      findTimed(linearCell(results, 128, 2), `${build}-${mode}`)?.repeated.median,
    ),
});

const quantizing = (
  goal: string,
  atLeast: number,
  measure: (cell: (threads: number) => MemoryCell | undefined, arm: string) => number | undefined,
): Target => ({
  goal: `quantize: ${goal}`,
  atLeast,
  measure: ({ memory }, build) =>
    measure((threads) => memory.find((cell) => cell.job === "quantize" && cell.threads === threads), `${build}-inside`),
});

const targets: readonly Target[] = [
  speedOver("int16 over onnxruntime-web's dynamic int8", 4, 1, "int16", baseline),
  speedOver("int16 over onnxruntime-web's MatMulNBits", 30, 1, "int16", "ort-web-mat-mul-n-bits"),
  speedOver("int16 over native dynamic int8 (1.3 times its time)", 1 / 1.3, 1, "int16", "ort-node-dynamic-int8"),
  speedOver("the same, weights from memory (first calls)", 1 / 1.3, 1, "int16", "ort-node-dynamic-int8", "fresh"),
  speedOver("float over onnxruntime-web's float32", 2, 1, "float", "ort-web-float32"),
  speedOver("int8 over onnxruntime-web's dynamic int8", 1.2, 128, "int8", baseline),
  speedOver("int16 over onnxruntime-web's dynamic int8", 1.2, 128, "int16", baseline),
  speedOver("float over onnxruntime-web's float32 (plain build: 1)", 1.3, 128, "float", "ort-web-float32"),
  ...["int8", "int16", "float"].map(scaling),
  quantizing("2 threads over 1", 1.8, (cell, arm) => ratio(bandwidthOf(cell(2), arm), bandwidthOf(cell(1), arm))),
  quantizing("1 thread, over a copy in wasm (bytes read and written)", 0.5, (cell, arm) =>
    ratio(bandwidthOf(cell(1), arm), bandwidthOf(cell(1), "copy-wasm")),
  ),
  quantizing("1 thread, over a plain JavaScript loop", 5, (cell, arm) =>
    ratio(bandwidthOf(cell(1), arm), bandwidthOf(cell(1), "loop")),
  ),
];

/** What was wanted of the relaxed build with 4096x4096 weights, what came out, and the plain build's figures beside it. */
export function targetGrid(results: Cells): Grid {
  return {
    title: "Targets: speed as a multiple, 4096x4096",
    columns: [left("of the relaxed SIMD build"), right("wanted"), right("measured"), left(""), right("plain build")],
    rows: targets.map((target) => {
      const relaxed = target.measure(results, builds.relaxed);
      const plain = target.measure(results, builds.plain);
      const verdict = relaxed === undefined ? "not measured" : relaxed >= target.atLeast ? "met" : "missed";
      const digits = verdict === "missed" ? digitsToTell(relaxed!, target.atLeast) : 3;
      return [target.goal, `≥ ${formatRatio(target.atLeast, digits)}`, format(relaxed, digits), verdict, format(plain)];
    }),
  };
}

const linearCell = ({ linear }: Cells, rows: number, threads: number): Cells["linear"][number] | undefined =>
  linear.find(
    (cell) => cell.outFeatures === 4096 && cell.inFeatures === 4096 && cell.rows === rows && cell.threads === threads,
  );

const ratio = (of: number | undefined, to: number | undefined): number | undefined => of && to && of / to;

const format = (value: number | undefined, digits?: number): string =>
  value === undefined ? "–" : formatRatio(value, digits);
