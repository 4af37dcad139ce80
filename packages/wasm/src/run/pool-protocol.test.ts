import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { scratchAddress } from "../memory/memory-map.ts";
import {
  claimChunk,
  closeSlot,
  control,
  finishChunk,
  header,
  isPast,
  openSlot,
  slotWord,
  waitUntilPast,
} from "./pool-protocol.ts";

let words: Int32Array;

function publish(launch: number, chunks: number): void {
  closeSlot(words, launch);
  words[slotWord(launch) + header.chunks] = chunks;
  openSlot(words, launch);
}

beforeEach(() => {
  words = new Int32Array(new SharedArrayBuffer(scratchAddress));
});
afterEach(() => vi.restoreAllMocks());

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

describe("finishChunk", () => {
  it("tells a worker that sleeps in it nothing of the launch that has taken the slot since", () => {
    publish(0, 3);
    expect([0, 1, 2].map(() => claimChunk(words, 0))).toEqual([0, 1, 2]);
    const add = Atomics.add;
    vi.spyOn(Atomics, "add").mockImplementationOnce((...args) => {
      const finished = add(...args);
      // Here the first of three workers sleeps. The others finish, and the ring comes round to a launch of one chunk.
      expect([0, 1].map(() => finishChunk(words, 0))).toEqual([false, true]);
      publish(256, 1);
      return finished;
    });
    expect(finishChunk(words, 0)).toBe(false);
  });
});

describe("waitUntilPast", () => {
  it.each([
    [3, 6],
    [2 ** 31 - 2, -(2 ** 31) + 1],
  ])("sleeps on from %i until the counter has reached %i, whatever wakes it before", (start, wanted) => {
    Atomics.store(words, control.completed, start);
    const wait = vi.spyOn(Atomics, "wait").mockImplementation(() => {
      Atomics.add(words, control.completed, 1);
      return "ok";
    });
    waitUntilPast(words, control.completed, wanted);
    expect(wait).toHaveBeenCalledTimes(3);
  });

  it("does not sleep for what has been reached, nor for what is past it", () => {
    const wait = vi.spyOn(Atomics, "wait");
    Atomics.store(words, control.completed, 7);
    for (const number of [7, 6, -5]) waitUntilPast(words, control.completed, number);
    expect(wait).not.toHaveBeenCalled();
  });
});
