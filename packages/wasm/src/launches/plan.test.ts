import { describe, expect, it } from "vitest";
import { streamGrain } from "./plan.ts";

const chunksOf = (columns: number, bytes: number, threads: number): number =>
  Math.ceil(columns / streamGrain(columns, bytes, threads));

describe("streamGrain", () => {
  it.each([
    [192, 576],
    [576, 576],
    [1536, 576],
    [576, 1536],
  ])("gives each thread one chunk of a small layer: %i columns of %i bytes", (columns, bytes) => {
    expect([1, 2, 3].map((threads) => chunksOf(columns, bytes, threads))).toEqual([1, 2, 3]);
  });

  it.each([
    [49152, 576],
    [4096, 4096],
    [896, 4864],
    [4096, 16384],
  ])("gives each thread as many chunks of a large one, of 1 MiB at most: %i columns of %i bytes", (columns, bytes) => {
    for (const threads of [1, 2, 4]) {
      expect(chunksOf(columns, bytes, threads) % threads).toBe(0);
      expect(streamGrain(columns, bytes, threads) * bytes).toBeLessThan(2 ** 20 + 8 * bytes);
    }
  });

  it("wakes no thread for next to nothing", () => {
    expect(chunksOf(64, 64, 8)).toBe(1);
    expect(chunksOf(128, 512, 8)).toBe(2);
  });

  it("is a whole number of columns in four streams, however few or long they are", () => {
    for (const [columns, bytes] of [
      [1, 7],
      [3, 524284],
      [33, 131071],
      [5, 0],
      [100003, 1],
    ] as const) {
      for (const threads of [1, 2, 256]) {
        const grain = streamGrain(columns, bytes, threads);
        expect(grain % 4).toBe(0);
        expect(grain).toBeGreaterThan(0);
      }
    }
  });
});
