import type { Granularity } from "@octet/core";
import { describe, expect, test } from "vitest";
import { LayerBlocks } from "./layer-blocks.ts";

const channel: Granularity = { kind: "channel", dim: 0 };
const group = (size: number): Granularity => ({ kind: "group", size });

describe("blocks cover each element once, in order, and none is larger than the limit", () => {
  const granularities: readonly Granularity[] = [{ kind: "tensor" }, channel, group(1), group(3), group(12)];
  const shapes = [
    [1, 12],
    [5, 12],
    [33, 24],
    [7, 36],
    [0, 12],
    [3, 0],
  ];
  test.each([1, 2, 7, 12, 13, 100, 10_000])("limit %i", (limit) => {
    for (const granularity of granularities) {
      for (const shape of shapes) {
        const blocks = new LayerBlocks(shape, granularity, limit);
        let reached = 0;
        for (const block of blocks) {
          expect(block.start).toBe(reached);
          expect(block.end - block.start).toBeGreaterThan(0);
          expect(block.end - block.start).toBeLessThanOrEqual(limit);
          reached = block.end;
          const [first, last] = blocks.runsOf(block);
          if (blocks.isPiece(block)) expect(last).toBe(first + 1);
          else expect([block.start, block.end]).toEqual([first * blocks.runLength, last * blocks.runLength]);
          const view = blocks.view(block);
          expect(view.shape[0] * view.shape[1]).toBe(block.end - block.start);
        }
        expect(reached).toBe(shape[0] * shape[1]);
      }
    }
  });
});

test("rows stay whole where they fit", () => {
  const cut = (shape: readonly number[], granularity: Granularity): number[] => {
    return [...new LayerBlocks(shape, granularity, 25)].map(({ end }) => end);
  };
  for (const granularity of [{ kind: "tensor" } as const, channel, group(5)]) {
    expect(cut([5, 10], granularity)).toEqual([20, 40, 50]);
  }
  expect(cut([2, 30], { kind: "tensor" })).toEqual([25, 30, 55, 60]);
  expect(cut([2, 30], channel)).toEqual([25, 30, 55, 60]);
  expect(cut([2, 30], group(10))).toEqual([20, 40, 60]);
  expect(cut([2, 60], group(30))).toEqual([25, 30, 55, 60, 85, 90, 115, 120]);
});
