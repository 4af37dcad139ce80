import { findTimed } from "../../report/find-outcome.ts";
import { formatNumber, formatRatio, formatSummary } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import type { MemoryCell, Outcome, WebGPURun } from "../../results.ts";
import { octetQuantizeId } from "../quantize/octet-quantize-id.ts";
import { clockNames } from "./describe-place.ts";

/** A table for each clock. */
export function quantizeGrids({ memory }: Pick<WebGPURun, "memory">): Grid[] {
  return memory.map((cell) => ({
    title: `quantize, ${cell.outFeatures}x${cell.inFeatures} float32, a scale per row, ${clockNames[cell.clock]}`,
    columns: [left("code"), left("arm"), right("ms"), right("GB/s read and written"), right("Octet's time over this")],
    rows: cell.arms.map((outcome) => [outcome.library, outcome.title, ...texts(cell, outcome)]),
    notes: cell.arms.flatMap((outcome) =>
      outcome.status === "timed" ? [] : [`${outcome.library}, ${outcome.title}: ${outcome.reason}`],
    ),
  }));
}

/** Octet's time as a multiple of that of another arm; undefined where either was not timed. */
export function timeOver(cell: MemoryCell | undefined, arm: string): number | undefined {
  const octet = findTimed(cell, octetQuantizeId)?.repeated.median;
  const other = findTimed(cell, arm)?.repeated.median;
  return octet && other && octet / other;
}

function texts(cell: MemoryCell, outcome: Outcome): string[] {
  if (outcome.status !== "timed") return [outcome.status === "wrong" ? "wrong" : "–", "", ""];
  const ratio = outcome.arm === octetQuantizeId ? undefined : timeOver(cell, outcome.arm);
  return [
    formatSummary(outcome.repeated),
    formatNumber(outcome.bytes! / outcome.repeated.median / 1e6),
    ratio ? formatRatio(ratio) : "",
  ];
}
