import type { Outcome, Run } from "../results.ts";
import { findTimed } from "./find-outcome.ts";
import { countThreads, formatRatio } from "./format.ts";
import { type Grid, left, right } from "./grid.ts";

/** What a peer's arms are compared with: ways of Octet that do the same job, or with fewer bytes, by the ends of their ids. */
const counterparts: readonly { readonly peer: RegExp; readonly title: string; readonly octet: string }[] = [
  { peer: /dynamic-int8$|level-4$/, title: "int8 activations", octet: "int8" },
  { peer: /dynamic-int8$|level-4$/, title: "int16 activations", octet: "int16" },
  { peer: /mat-mul-n-bits$|float32(-\w+)?$/, title: "float32 activations", octet: "float" },
  { peer: /float32(-\w+)?$/, title: "float32 weights", octet: "float32" },
  { peer: /^loop/, title: "host to host", octet: "host" },
];

/** A column of a table of losses. */
export interface Case {
  readonly title: string;
  readonly cell: { readonly arms: readonly Outcome[] };
}

/**
 * What is faster than the relaxed SIMD build at the same job, and how fast that is beside it: a row for each arm of others, a column
 * for each number of rows and threads. Of the linear layer, the first shape.
 */
export function lossGrids({ linear, memory }: Pick<Run, "linear" | "memory">): Grid[] {
  const [first] = linear;
  const ofShape = linear.filter(
    ({ outFeatures, inFeatures }) => outFeatures === first?.outFeatures && inFeatures === first.inFeatures,
  );
  const layers = ofShape.map((cell) => ({ title: `M = ${cell.rows}, ${countThreads(cell.threads)}`, cell }));
  const jobs = memory.map((cell) => ({ title: `${cell.job}, ${countThreads(cell.threads)}`, cell }));
  return [
    ...(first === undefined
      ? []
      : [lossGrid(relaxed, `linear, weights ${first.outFeatures}x${first.inFeatures}`, layers)]),
    lossGrid(relaxed, "quantize and dequantize", jobs),
  ].filter(({ rows }) => rows.length > 0);
}

/** Whose losses a table shows: arms whose ids begin in the same way. */
export interface Loser {
  readonly title: string;
  readonly arms: string;
}

const relaxed: Loser = { title: "Octet wasm", arms: "octet-wasm-relaxed" };

/** A row for each pair of another's arm and a way of Octet that it beats in one of the cases at least. */
export function lossGrid(octet: Loser, job: string, cases: readonly Case[]): Grid {
  const names = cases.flatMap(({ cell }) => cell.arms);
  const peers = new Map(names.map((name) => [name.arm, name]));
  const rows = [...peers.values()].flatMap(({ arm, library, title }) => {
    if (library.startsWith("Octet") || arm.startsWith(octet.arms)) return [];
    return counterparts.flatMap((counterpart) => {
      if (!counterpart.peer.test(arm)) return [];
      const losses = cases.map(({ cell }) => lossOf(cell, arm, `${octet.arms}-${counterpart.octet}`));
      return losses.every((text) => text === "") ? [] : [[`${library}: ${title}`, counterpart.title, ...losses]];
    });
  });
  return {
    title: `Faster than ${octet.title}, ${job}: its speed as a multiple of theirs`,
    columns: [left("faster"), left("than Octet with"), ...cases.map(({ title }) => right(title))],
    rows,
  };
}

/** "0.51×" where an arm of Octet is slower than another; nothing elsewhere. */
function lossOf(cell: Case["cell"], arm: string, octet: string): string {
  const own = findTimed(cell, octet)?.repeated.median;
  const other = findTimed(cell, arm)?.repeated.median;
  if (own === undefined || other === undefined) return "";
  const speed = other / own;
  return speed < 1 ? formatRatio(speed, speed > 0.99 ? 4 : 3) : "";
}
