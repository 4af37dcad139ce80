import { findTimed } from "../../report/find-outcome.ts";
import { formatNumber, formatRatio } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import type { CUDARun, LinearCell } from "../../results.ts";
import { baseline, type CUDAArm, cellsByShape, cudaArms, octetArms, speedOver } from "../linear-cells.ts";

/** A table for each shape of weights: a row for each number of activations' rows, a column for each of the arms that was timed. */
export function cudaLinearGrids(run: Pick<CUDARun, "linear">, wanted: readonly CUDAArm[] = cudaArms): Grid[] {
  return [...cellsByShape(run)].map(([shape, cells]) => {
    const arms = wanted.filter(({ id }) => cells.some((cell) => findTimed(cell, id)));
    return {
      title: `Linear, weights ${shape} (N x K), µs`,
      columns: [right("M"), ...arms.map(({ title }) => right(title))],
      rows: cells.map((cell) => [String(cell.rows), ...arms.map(({ id }) => timeAndSpeed(cell, id))]),
      notes: cells.some((cell) => arms.some(({ id }) => findTimed(cell, id)?.repeated.samples === 1))
        ? ["\\* one sample: a call too slow for more"]
        : [],
    };
  });
}

function timeAndSpeed(cell: LinearCell, arm: string): string {
  const timed = findTimed(cell, arm);
  if (timed === undefined) return "–";
  const time = `${formatNumber(1000 * timed.repeated.median)}${timed.repeated.samples === 1 ? "\\*" : ""}`;
  const speed = arm === baseline ? undefined : speedOver(cell, arm);
  return speed === undefined ? time : `${time} (${formatRatio(speed)})`;
}

/** What is faster than an arm of Octet, and where: a row for each pair, a column for each shape. */
export function lossGrid(run: Pick<CUDARun, "linear">): Grid {
  const shapes = [...cellsByShape(run)];
  const peers = cudaArms.filter(({ library }) => library !== "Octet");
  const pairs = peers.flatMap((peer) =>
    // Raw int8 products are compared with what computes the same sums.
    octetArms.filter(({ id }) => !peer.title.endsWith("raw") || id === "octet-int8").map((arm) => ({ peer, arm })),
  );
  const rows = pairs.map(({ peer, arm }) => [
    peer.title,
    arm.title,
    ...shapes.map(([, cells]) => lossesIn(cells, arm.id, peer.id)),
  ]);
  return {
    title: "Faster than Octet: its speed as a multiple of theirs",
    columns: [left("faster"), left("than Octet's"), ...shapes.map(([shape]) => left(shape))],
    rows: rows.filter(([, , ...losses]) => losses.some((text) => text !== "")),
  };
}

/** "M = 64 (0.39×), 256 (0.20×)": where an arm is slower than another. */
function lossesIn(cells: readonly LinearCell[], arm: string, other: string): string {
  const losses = cells.flatMap((cell) => {
    const speed = speedOver(cell, arm, other);
    return speed !== undefined && speed < 1 ? [`${cell.rows} (${formatRatio(speed, digitsBelowOne(speed))})`] : [];
  });
  return losses.length === 0 ? "" : `M = ${losses.join(", ")}`;
}

/** Enough digits that a loss does not read as 1. */
const digitsBelowOne = (speed: number): number => (speed > 0.99 ? 4 : 2);
