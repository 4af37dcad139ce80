import { beforeEach, describe, expect, it } from "vitest";
import { scratchAddress } from "./layout.ts";
import { claimChunk, closeSlot, finishChunk, header, isPast, openSlot, slotWord } from "./pool-protocol.ts";

let words: Int32Array;

function publish(launch: number, chunks: number): void {
  closeSlot(words, launch);
  words[slotWord(launch) + header.chunks] = chunks;
  openSlot(words, launch);
}

beforeEach(() => {
  words = new Int32Array(new SharedArrayBuffer(scratchAddress));
});

describe("isPast", () => {
  it("compares counters that wrap around", () => {
    expect([isPast(5, 5), isPast(6, 5), isPast(4, 5)]).toEqual([true, true, false]);
    expect(isPast(-(2 ** 31), 2 ** 31 - 1)).toBe(true);
    expect(isPast(2 ** 31 - 1, -(2 ** 31))).toBe(false);
  });
});

describe("claims", () => {
  it.each([0, 300, -1, 2 ** 31 - 1, -(2 ** 31)])("give each chunk of launch %i once", (launch) => {
    publish(launch, 3);
    expect([0, 1, 2, 3, 4].map(() => claimChunk(words, launch))).toEqual([0, 1, 2, -1, -1]);
    expect([0, 1, 2].map(() => finishChunk(words, launch))).toEqual([false, false, true]);
  });

  it("go up to 255 chunks", () => {
    publish(7, 255);
    for (let chunk = 0; chunk < 255; chunk++) expect(claimChunk(words, 7)).toBe(chunk);
    expect(claimChunk(words, 7)).toBe(-1);
    closeSlot(words, 7);
    expect(claimChunk(words, 7)).toBe(-1);
  });

  it("refuse a worker that is a whole ring behind, also while the slot changes", () => {
    publish(7, 1);
    expect(claimChunk(words, 7)).toBe(0);
    closeSlot(words, 7 + 256);
    words[slotWord(7) + header.chunks] = 200;
    expect(claimChunk(words, 7)).toBe(-1);
    openSlot(words, 7 + 256);
    expect(claimChunk(words, 7)).toBe(-1);
    expect(claimChunk(words, 7 + 256)).toBe(0);
  });
});
