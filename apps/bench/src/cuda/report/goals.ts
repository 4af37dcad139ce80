import { digitsToTell, formatRatio, formatShare } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import type { CUDARun, LinearCell, MemoryCell } from "../../results.ts";
import { fastestCopy, shareOfCopy } from "../bandwidth.ts";
import { baseline, cellsByShape, microsecondsOf, speedOver } from "../linear-cells.ts";

/** What was to be reached: goal 1 to be of use, goal 2 to be ahead of everything that is known. */
interface Goal<Cell> {
  readonly title: string;
  readonly atLeast: readonly [goal1: number, goal2?: number];
  format(value: number, digits?: number): string;
  /** Undefined where something was not measured. */
  measure(cells: readonly Cell[], run: CUDARun): number | undefined;
}

const speed = (m: number, title: string, arm: string, other: string, atLeast: Goal<LinearCell>["atLeast"]) => ({
  title: `M = ${m}: ${title}`,
  atLeast,
  format: formatRatio,
  measure: (cells: readonly LinearCell[]) =>
    speedOver(
      cells.find((cell) => cell.rows === m),
      arm,
      other,
    ),
});

const floats = "W8A16 over cuBLASLt float16";
const integers = "int8 over cuBLASLt float16";
const rawIntegers = "int8, scales and all, over torch _int_mm's sums";

const linearGoals: readonly Goal<LinearCell>[] = [
  speed(1, floats, "octet-float16", baseline, [1.8, 1.85]),
  speed(1, "W8A16 over torch float16", "octet-float16", "torch-float16", [1.8, 2]),
  {
    title: "M = 1: bytes of weights a second, of the fastest copy",
    atLeast: [0.8, 0.92],
    format: formatShare,
    measure(cells, run) {
      const cell = cells.find(({ rows }) => rows === 1);
      const own = microsecondsOf(cell, "octet-float16");
      const copy = fastestCopy(run);
      return own && copy && (cell!.outFeatures * cell!.inFeatures) / own / 1000 / copy;
    },
  },
  speed(8, floats, "octet-float16", baseline, [1.7, 1.95]),
  speed(16, floats, "octet-float16", baseline, [1.5, 1.8]),
  speed(64, floats, "octet-float16", baseline, [1.3, 1.7]),
  speed(64, integers, "octet-int8", baseline, [1.4, 1.75]),
  speed(256, floats, "octet-float16", baseline, [0.75, 0.95]),
  speed(256, integers, "octet-int8", baseline, [1.2, 1.45]),
  speed(256, rawIntegers, "octet-int8", "torch-int-mm", [1]),
  speed(4096, floats, "octet-float16", baseline, [0.9, 0.97]),
  speed(4096, integers, "octet-int8", baseline, [1.2, 1.55]),
  speed(4096, rawIntegers, "octet-int8", "torch-int-mm", [1]),
];

/** Shapes that no goal was set for: their numbers stand in the table for information, without verdicts. */
const withoutGoals: readonly string[] = ["4096x4096"];

const quantizeGoals: readonly Goal<MemoryCell>[] = [
  {
    title: "quantize, a scale per row: GB/s, of a copy",
    atLeast: [0.75, 0.9],
    format: formatShare,
    measure: ([cell]) => shareOfCopy(cell, "quantize-rows"),
  },
];

/** What was wanted of the linear layer and of quantize, and what came out, a column for each shape. */
export function goalGrids(run: CUDARun): Grid[] {
  const tensors = run.memory.map((cell) => [`${cell.outFeatures}x${cell.inFeatures}`, [cell]] as const);
  return [
    goalGrid("Goals of the linear layer", linearGoals, [...cellsByShape(run)], run),
    goalGrid("Goals of quantize", quantizeGoals, tensors, run),
  ];
}

function goalGrid<Cell>(
  title: string,
  goals: readonly Goal<Cell>[],
  shapes: readonly (readonly [shape: string, cells: readonly Cell[]])[],
  run: CUDARun,
): Grid {
  return {
    title,
    columns: [left(""), right("goal 1"), right("goal 2"), ...shapes.map(([shape]) => right(shape))],
    rows: goals.map((goal) => [
      goal.title,
      ...[goal.atLeast[0], goal.atLeast[1]].map((wanted) => (wanted === undefined ? "" : `≥ ${goal.format(wanted)}`)),
      ...shapes.map(([shape, cells]) => {
        const measured = goal.measure(cells, run);
        const plain = measured === undefined ? "not measured" : goal.format(measured);
        return withoutGoals.includes(shape) ? plain : verdict(goal, measured);
      }),
    ]),
  };
}

/** "1.61×, goal 1": the number and the higher goal that it reaches. */
function verdict<Cell>({ atLeast, format }: Goal<Cell>, measured: number | undefined): string {
  if (measured === undefined) return "not measured";
  const missed = atLeast.find((wanted) => wanted !== undefined && measured < wanted);
  const digits = missed === undefined ? undefined : digitsToTell(measured, missed);
  const reached = atLeast.findLastIndex((wanted) => wanted !== undefined && measured >= wanted);
  return `${format(measured, digits)}, ${reached < 0 ? "missed" : `goal ${reached + 1}`}`;
}
