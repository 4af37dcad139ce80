import { bandwidthOf } from "../report/memory-grids.ts";
import type { CUDARun, MemoryCell } from "../results.ts";

/** The bytes per second of an op as a share of those of the copy in the same cell; undefined where it was not timed. */
export function shareOfCopy(cell: MemoryCell, arm: string): number | undefined {
  const own = bandwidthOf(cell, arm);
  const copy = bandwidthOf(cell, "copy");
  return own && copy && own / copy;
}

/** The fastest copy of a run in GB/s, whatever its size. */
export function fastestCopy({ ceilings, memory }: Pick<CUDARun, "ceilings" | "memory">): number | undefined {
  const copies = memory.flatMap((cell) => bandwidthOf(cell, "copy") ?? []).map((copy) => copy / 1e9);
  const known = [ceilings.copyGigabytesPerSecond, ...copies].filter((copy) => copy !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
