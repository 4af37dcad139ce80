import type { Granularity } from "@octet/core";
import { type Block, cutBlocks } from "./blocks.ts";

/** The shape of a block that is on its own, and the granularity that its elements have in it. */
export interface BlockView {
  readonly shape: readonly number[];
  readonly granularity: Granularity;
}

/**
 * A weight `[N, K]` as runs, consecutive elements that share a scale: all of it per tensor, a row per channel, a group per group. And how
 * it is cut into blocks of at most `limit` elements: whole rows where rows fit; else whole groups, or pieces of a run.
 */
export class LayerBlocks {
  /** Elements of a run. */
  readonly runLength: number;
  /** Runs of the weight. */
  readonly runCount: number;
  readonly #shape: readonly number[];
  readonly #granularity: Granularity;
  readonly #limit: number;

  constructor(shape: readonly number[], granularity: Granularity, limit: number) {
    this.#shape = shape;
    this.#granularity = granularity;
    this.#limit = limit;
    [this.runCount, this.runLength] = countRuns(shape, granularity);
  }

  [Symbol.iterator](): Iterator<Block> {
    const [n, k] = this.#shape;
    return cutBlocks(n * k, k <= this.#limit ? k : Math.min(k, this.runLength), this.#limit);
  }

  /** Whether a block is smaller than the run that it lies in. */
  isPiece({ start, end }: Block): boolean {
    return end - start < this.runLength;
  }

  /** The first run of a block, and the one after its last. */
  runsOf({ start, end }: Block): readonly [first: number, last: number] {
    return [Math.floor(start / this.runLength), Math.ceil(end / this.runLength)];
  }

  view(block: Block): BlockView {
    const k = this.#shape[1];
    const elements = block.end - block.start;
    if (elements % k === 0 && block.start % k === 0)
      return { shape: [elements / k, k], granularity: this.#granularity };
    return { shape: [1, elements], granularity: this.isPiece(block) ? { kind: "tensor" } : this.#granularity };
  }
}

function countRuns([n, k]: readonly number[], granularity: Granularity): readonly [count: number, length: number] {
  switch (granularity.kind) {
    case "tensor":
      return [1, n * k];
    case "channel":
      return [n, k];
    case "group":
      return [(n * k) / granularity.size, granularity.size];
  }
}
