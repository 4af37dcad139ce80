import { type Granularity, sizeOf } from "@octet/core";
import { type Block, cutBlocks } from "./blocks.ts";

/**
 * A weight seen as runs: consecutive elements that share a scale. All of it per tensor, a row per channel, a group per group. Whatever the
 * granularity, it is then a matrix `[runs, length]` with one scale a row.
 */
export interface Runs {
  readonly count: number;
  readonly length: number;
}

export function runsOf(granularity: Granularity, shape: readonly number[]): Runs {
  switch (granularity.kind) {
    case "tensor":
      return { count: 1, length: sizeOf(shape) };
    case "channel":
      return { count: shape[0], length: shape[1] };
    case "group":
      return { count: sizeOf(shape) / granularity.size, length: granularity.size };
  }
}

/** The index of the run that a block starts in, and the one after its last. */
export function runRange({ start, end }: Block, { length }: Runs): readonly [number, number] {
  return [Math.floor(start / length), Math.ceil(end / length)];
}

/** Blocks of whole runs, also of whole rows where rows are small enough; of runs that are too long, pieces. */
export function cutLayer({ count, length }: Runs, [, k]: readonly number[], limit: number): Iterable<Block> {
  const unit = Math.max(length, k);
  return cutBlocks(count * length, unit <= limit ? unit : length, limit);
}
