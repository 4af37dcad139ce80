import type { LinearCell, Outcome, Run } from "../results.ts";
import { findTimed } from "./find-outcome.ts";
import { countThreads, formatRatio, formatSummary } from "./format.ts";
import { type Grid, left, right } from "./grid.ts";

/** What most int8 models in JavaScript run as: 1× in every table of the CPU. */
export const baseline = "ort-web-dynamic-int8";

/** Of a cell, what a table needs. */
export type ArmsByRows = Pick<LinearCell, "rows" | "arms">;

/** A table for each shape and number of threads: an arm a row, a number of activations' rows in each pair of columns. */
export function linearGrids({ linear }: Pick<Run, "linear">): Grid[] {
  return [...Map.groupBy(linear, groupOf).values()].map((cells) => {
    const { outFeatures, inFeatures, threads } = cells[0];
    return linearGrid(`Linear, weights ${outFeatures}x${inFeatures} (out x in), ${countThreads(threads)}`, cells);
  });
}

/** An arm a row, a number of activations' rows in each pair of columns; speeds are multiples of that of the arm `base`. */
export function linearGrid(title: string, cells: readonly ArmsByRows[], base: string = baseline): Grid {
  return {
    title,
    columns: [left("library"), left("arm"), ...cells.flatMap(({ rows }) => [right(`M = ${rows}, ms`), right("speed")])],
    rows: namesOf(cells).map(({ arm, library, title }) => [
      library,
      title,
      ...cells.flatMap((cell) => cellTexts(cell, arm, base)),
    ]),
    notes: notesOf(cells),
  };
}

/** Cells with the arms of these ids only. */
export function pickArms<Cell extends ArmsByRows>(cells: readonly Cell[], arms: readonly string[]): Cell[] {
  return cells.map((cell) => ({ ...cell, arms: cell.arms.filter(({ arm }) => arms.includes(arm)) }));
}

/** The first calls of turns, with a single row of activations: where cold caches and sleeping threads show. */
export function freshGrids({ linear }: Pick<Run, "linear">): Grid[] {
  const single = linear.filter(({ rows }) => rows === 1);
  return [...Map.groupBy(single, ({ threads }) => threads)].map(([threads, cells]) => ({
    title: `Linear, M = 1, first call after others ran, ${countThreads(threads)}`,
    columns: [
      left("library"),
      left("arm"),
      ...cells.flatMap(({ outFeatures, inFeatures }) => [right(`${outFeatures}x${inFeatures}, ms`), right("speed")]),
    ],
    rows: namesOf(cells).map(({ arm, library, title }) => [
      library,
      title,
      ...cells.flatMap((cell) => cellTexts(cell, arm, baseline, "fresh")),
    ]),
  }));
}

const groupOf = ({ outFeatures, inFeatures, threads }: LinearCell): string => `${outFeatures} ${inFeatures} ${threads}`;

/** Each arm of the cells once, in their order. */
export function namesOf(cells: readonly Pick<LinearCell, "arms">[]): Outcome[] {
  const all = cells.flatMap(({ arms }) => arms);
  return all.filter(({ arm }, index) => all.findIndex((other) => other.arm === arm) === index);
}

function cellTexts(
  cell: ArmsByRows,
  arm: string,
  baseArm: string,
  kind: "repeated" | "fresh" = "repeated",
): [string, string] {
  const outcome = cell.arms.find((candidate) => candidate.arm === arm);
  if (outcome?.status === "wrong") return ["wrong", ""];
  if (outcome?.status !== "timed") return ["–", ""];
  const base = findTimed(cell, baseArm);
  const summary = outcome[kind];
  if (summary === undefined) return ["–", ""];
  return [formatSummary(summary), base?.[kind] ? formatRatio(base[kind].median / summary.median) : ""];
}

function notesOf(cells: readonly ArmsByRows[]): string[] {
  const notes = cells.flatMap(({ rows, arms }) =>
    arms.flatMap((outcome) => {
      if (outcome.status === "timed") return [];
      // A library that is not available has no arm that is.
      if (outcome.status === "unavailable") return [`${outcome.library}: ${outcome.reason}`];
      return [`${outcome.library}, ${outcome.title}, M = ${rows}, is wrong and was not timed: ${outcome.reason}`];
    }),
  );
  return [...new Set(notes)];
}
