import type { TensorContainer } from "../containers/tensor-container.ts";
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
  /** At the start of a buffer, so that any typed array may view them. Overwritten once the block after the next is asked for. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads blocks of a tensor in order, into two buffers in turn: the next block is on its way while the caller works on the one it has, and
 * no memory piles up for the garbage collector, which comes late to large buffers.
 */
export async function* readBlocks(
  container: TensorContainer,
  tensor: string,
  bytesPerElement: number,
  blocks: Iterable<Block>,
): AsyncGenerator<BlockData> {
  const list = [...blocks];
  const largest = list.reduce((most, { start, end }) => Math.max(most, end - start), 0) * bytesPerElement;
  const buffers = [new ArrayBuffer(largest), new ArrayBuffer(list.length > 1 ? largest : 0)];
  const read = async (i: number): Promise<BlockData> => {
    const { start, end } = list[i];
    const bytes = new Uint8Array(buffers[i % 2], 0, (end - start) * bytesPerElement);
    await container.readInto(tensor, start * bytesPerElement, bytes);
    return { start, end, bytes };
  };
  let ahead = list.length > 0 ? read(0) : undefined;
  try {
    for (let i = 1; i <= list.length; i++) {
      const current = await ahead!;
      ahead = i < list.length ? read(i) : undefined;
      ahead?.catch(() => undefined); // thrown when its turn comes
      yield current;
    }
  } finally {
    await ahead?.catch(() => undefined); // nobody closes a file that is being read
    for (const buffer of buffers) release(buffer);
  }
}
