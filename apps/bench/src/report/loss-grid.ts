import type { Outcome, Results } from "../results.ts";
import { findTimed } from "./find-outcome.ts";
import { countThreads, formatRatio } from "./format.ts";
import { type Grid, left, right } from "./grid.ts";

/** What a peer's arm is to be compared with: the ways of Octet with weights and activations of the same kind, by the ends of their ids. */
const counterparts: readonly { readonly peer: RegExp; readonly title: string; readonly octet: readonly string[] }[] = [
  { peer: /dynamic-int8$|level-4$/, title: "int8 or int16 activations", octet: ["int8", "int16"] },
  { peer: /mat-mul-n-bits$/, title: "float32 activations", octet: ["float"] },
  { peer: /float32$/, title: "float32 weights", octet: ["float32"] },
  { peer: /^loop/, title: "host to host", octet: ["host"] },
];

interface Case {
  readonly title: string;
  readonly cell: { readonly arms: readonly Outcome[] };
}

/**
 * What is faster than the relaxed SIMD build at the same job, and how fast that is beside it: a row for each arm of others, a column
 * for each number of rows and threads. Of the linear layer, the first shape.
 */
export function lossGrids({ linear, memory }: Results): Grid[] {
  const [first] = linear;
  const ofShape = linear.filter(
    ({ outFeatures, inFeatures }) => outFeatures === first?.outFeatures && inFeatures === first.inFeatures,
  );
  const layers = ofShape.map((cell) => ({ title: `M = ${cell.rows}, ${countThreads(cell.threads)}`, cell }));
  const jobs = memory.map((cell) => ({ title: `${cell.job}, ${countThreads(cell.threads)}`, cell }));
  return [
    ...(first === undefined ? [] : [lossGrid(`linear, weights ${first.outFeatures}x${first.inFeatures}`, layers)]),
    lossGrid("quantize and dequantize", jobs),
  ].filter(({ rows }) => rows.length > 0);
}

function lossGrid(job: string, cases: readonly Case[]): Grid {
  const names = cases.flatMap(({ cell }) => cell.arms);
  const peers = new Map(names.map((name) => [name.arm, name]));
  const rows = [...peers.values()].flatMap(({ arm, library, title }) => {
    const counterpart = counterparts.find(({ peer }) => peer.test(arm));
    if (counterpart === undefined || library.startsWith("Octet")) return [];
    const losses = cases.map(({ cell }) => lossOf(cell, arm, counterpart.octet));
    return losses.every((text) => text === "") ? [] : [[`${library}: ${title}`, counterpart.title, ...losses]];
  });
  return {
    title: `Faster than Octet wasm, ${job}: its speed as a multiple of theirs`,
    columns: [left("faster"), left("than Octet with"), ...cases.map(({ title }) => right(title))],
    rows,
  };
}

/** "0.51×" where the best of Octet's arms is slower than another; nothing elsewhere. */
function lossOf(cell: Case["cell"], arm: string, octet: readonly string[]): string {
  const times = octet.flatMap((way) => findTimed(cell, `octet-wasm-relaxed-${way}`)?.repeated.median ?? []);
  const other = findTimed(cell, arm)?.repeated.median;
  if (times.length === 0 || other === undefined) return "";
  const speed = other / Math.min(...times);
  return speed < 1 ? formatRatio(speed, speed > 0.99 ? 4 : 3) : "";
}
