import type { SafetensorsReader } from "@octet/safetensors";
import { release } from "./release.ts";

/** Elements [start, end) of a tensor, counted row by row. */
export interface Block {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts `size` elements into blocks of at most `limit`. Blocks hold whole multiples of `unit` (a row, a group) where one fits; else blocks
 * are pieces of one unit, and none reaches into the next.
 */
export function* cutBlocks(size: number, unit: number, limit: number): Generator<Block> {
  if (unit <= limit) {
    const step = Math.max(unit, 1) * Math.floor(limit / Math.max(unit, 1));
    for (let start = 0; start < size; start += step) yield { start, end: Math.min(start + step, size) };
    return;
  }
  for (let first = 0; first < size; first += unit) {
    for (let start = first; start < first + unit; start += limit) {
      yield { start, end: Math.min(start + limit, first + unit) };
    }
  }
}

export interface BlockData extends Block {
  /** Alone in their buffer, so any typed array may view them. Gone when the next block is asked for. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads blocks of a tensor in order. The next one is on its way while the caller works on the one it has; which is gone when the caller
 * asks for the next.
 */
export async function* readBlocks(
  reader: SafetensorsReader,
  tensor: string,
  bytesPerElement: number,
  blocks: Iterable<Block>,
): AsyncGenerator<BlockData> {
  const read = async ({ start, end }: Block): Promise<BlockData> => {
    return { start, end, bytes: await reader.readRange(tensor, start * bytesPerElement, end * bytesPerElement) };
  };
  let ahead: Promise<BlockData> | undefined;
  try {
    for (const block of blocks) {
      const current = ahead;
      ahead = read(block);
      ahead.catch(() => undefined); // thrown when its turn comes
      if (current !== undefined) yield* lend(await current);
    }
    if (ahead !== undefined) yield* lend(await ahead);
  } finally {
    await ahead?.catch(() => undefined); // nobody closes a file that is being read
  }
}

function* lend(block: BlockData): Generator<BlockData> {
  yield block;
  release(block.bytes);
}
