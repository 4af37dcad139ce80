import type { BenchReport, ElementwiseCell } from "./results.ts";

/** GB/s that an op of a cell reads and writes; undefined where it was not timed. */
export function bandwidthOf({ arms }: ElementwiseCell, name: string): number | undefined {
  const arm = arms.find((arm) => arm.name === name);
  return arm && arm.bytes / arm.microseconds / 1000;
}

/** The same as a share of the copy in the same cell. */
export function shareOfCopy(cell: ElementwiseCell, name: string): number | undefined {
  const own = bandwidthOf(cell, name);
  const copy = bandwidthOf(cell, "copy");
  return own && copy && own / copy;
}

/** The fastest copy of a run in GB/s, whatever its size. */
export function fastestCopy({ ceilings, elementwise }: BenchReport): number | undefined {
  const copies = [ceilings.copyGigabytesPerSecond, ...elementwise.map((cell) => bandwidthOf(cell, "copy"))];
  const known = copies.filter((copy) => copy !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
