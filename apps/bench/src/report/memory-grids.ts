import type { MemoryCell, Outcome, Run } from "../results.ts";
import { findTimed } from "./find-outcome.ts";
import { countThreads, formatNumber, formatRatio, formatSummary } from "./format.ts";
import { type Grid, left, right } from "./grid.ts";

/** A table for each of quantize and dequantize and each number of threads. */
export function memoryGrids({ memory }: Pick<Run, "memory">): Grid[] {
  return memory.map((cell) => ({
    title: `${cell.job}, ${cell.outFeatures}x${cell.inFeatures} float32, a scale per row, ${countThreads(cell.threads)}`,
    columns: [
      left("library"),
      left("arm"),
      right("ms"),
      right("GB/s read and written"),
      right("of a copy in wasm"),
      right("of a plain loop"),
    ],
    rows: cell.arms.map((outcome) => [outcome.library, outcome.title, ...texts(cell, outcome)]),
    notes: cell.arms.flatMap((outcome) =>
      outcome.status === "timed" ? [] : [`${outcome.library}, ${outcome.title}: ${outcome.reason}`],
    ),
  }));
}

/** Bytes per second of a call, read and written; undefined for an arm that was not timed. */
export function bandwidthOf(cell: MemoryCell | undefined, arm: string): number | undefined {
  const timed = findTimed(cell, arm);
  return timed && (timed.bytes! / timed.repeated.median) * 1000;
}

function texts(cell: MemoryCell, outcome: Outcome): string[] {
  if (outcome.status !== "timed") return [outcome.status === "wrong" ? "wrong" : "–", "", "", ""];
  const bandwidth = bandwidthOf(cell, outcome.arm)!;
  const copy = bandwidthOf(cell, "copy-wasm");
  const loop = findTimed(cell, "loop");
  return [
    formatSummary(outcome.repeated),
    formatNumber(bandwidth / 1e9),
    copy ? `${((100 * bandwidth) / copy).toFixed(0)}%` : "",
    loop && outcome.library !== "copy" ? formatRatio(loop.repeated.median / outcome.repeated.median) : "",
  ];
}
