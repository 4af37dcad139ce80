import { describe, expect, it } from "vitest";
import { BlockAllocator, blockAlignment, blockSize } from "./block-allocator.ts";

function allocatorOf(bytes: number, start = 640): BlockAllocator {
  const allocator = new BlockAllocator(start);
  allocator.grow(start + bytes);
  return allocator;
}

describe("BlockAllocator", () => {
  it("rounds sizes up to whole cache lines", () => {
    expect([0, 1, 64, 65, 2 ** 32 - 100].map(blockSize)).toEqual([64, 64, 64, 128, 2 ** 32 - 64]);
  });

  it("hands out nothing of an empty range", () => {
    expect(new BlockAllocator(640).allocate(1)).toBeUndefined();
  });

  it("hands out aligned blocks that do not overlap, and the whole range", () => {
    const allocator = allocatorOf(4 * 64);
    expect([1, 64, 65].map((bytes) => allocator.allocate(bytes))).toEqual([640, 704, 768]);
    expect(allocator.allocate(1)).toBeUndefined();
    expect(allocator.usedBytes).toBe(256);
  });

  it("takes the smallest free block that is large enough", () => {
    const allocator = allocatorOf(10 * 64);
    const [a, , b] = [3, 1, 2, 1].map((lines) => allocator.allocate(lines * 64) as number);
    allocator.free(a);
    allocator.free(b);
    expect(allocator.allocate(100)).toBe(b);
  });

  it.each([
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ])("joins neighbours freed in the order %i %i %i", (...order) => {
    const allocator = allocatorOf(3 * 64);
    const blocks = [0, 1, 2].map(() => allocator.allocate(64) as number);
    for (const index of order) allocator.free(blocks[index]);
    expect(allocator.allocate(3 * 64)).toBe(640);
  });

  it("joins what it grows by with a free block at the end", () => {
    const allocator = allocatorOf(2 * 64);
    allocator.allocate(64);
    expect(allocator.freeAtEnd).toBe(64);
    allocator.grow(allocator.end + 64);
    expect(allocator.freeAtEnd).toBe(128);
    expect(allocator.allocate(128)).toBe(704);
    expect(allocator.freeAtEnd).toBe(0);
  });

  it("works above 2 GiB", () => {
    const allocator = allocatorOf(2 ** 32 - 65536 - 640);
    expect(allocator.allocate(3 * 2 ** 30)).toBe(640);
    expect(allocator.allocate(2 ** 29)).toBe(640 + 3 * 2 ** 30);
  });

  it("refuses to free what it did not hand out, and the same block twice", () => {
    const allocator = allocatorOf(2 * 64);
    const block = allocator.allocate(64) as number;
    expect(() => allocator.free(block + 64)).toThrow();
    allocator.free(block);
    expect(() => allocator.free(block)).toThrow();
  });

  it("stays consistent over 20,000 random calls (seed 1)", () => {
    const allocator = allocatorOf(1000 * 64);
    const blocks = new Map<number, number>();
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    for (let call = 0; call < 20_000; call++) {
      if (random(2) === 0 && blocks.size > 0) {
        const start = [...blocks.keys()][random(blocks.size)];
        allocator.free(start);
        blocks.delete(start);
        continue;
      }
      const bytes = 1 + random(3000);
      const start = allocator.allocate(bytes);
      if (start === undefined) continue;
      expect(start % blockAlignment).toBe(0);
      for (const [other, size] of blocks) expect(start >= other + size || start + bytes <= other).toBe(true);
      blocks.set(start, blockSize(bytes));
    }
    expect(allocator.usedBytes).toBe([...blocks.values()].reduce((sum, size) => sum + size, 0));
    for (const start of blocks.keys()) allocator.free(start);
    expect(allocator.allocate(1000 * 64)).toBe(640);
  });
});
