import { describe, expect, it } from "vitest";
import { Heap, pageBytes } from "./heap.ts";

const outOfMemory = expect.objectContaining({ code: "ERR_OUT_OF_MEMORY" });
const nothing = () => false;

/** A heap above one page that may take 9 more, of which it has one. */
function smallHeap(maximum = 10): { heap: Heap; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: 2, maximum });
  return { heap: new Heap(memory, pageBytes, 10 * pageBytes), memory };
}

describe("Heap", () => {
  it("grows when it must, up to its limit", () => {
    const { heap, memory } = smallHeap();
    expect(heap.allocate([pageBytes], nothing)).toEqual([pageBytes]);
    expect(memory.buffer.byteLength).toBe(2 * pageBytes);
    expect(heap.allocate([8 * pageBytes], nothing)).toEqual([2 * pageBytes]);
    expect(() => heap.allocate([1], nothing)).toThrow(outOfMemory);
  });

  it("stops where the memory cannot grow, limit or not", () => {
    const { heap } = smallHeap(4);
    expect(() => heap.allocate([4 * pageBytes], nothing)).toThrow(outOfMemory);
    expect(heap.allocate([3 * pageBytes], nothing)).toEqual([pageBytes]);
  });

  it("gives all blocks or none", () => {
    const { heap } = smallHeap();
    expect(() => heap.allocate([pageBytes, 20 * pageBytes], nothing)).toThrow(outOfMemory);
    expect(heap.usedBytes).toBe(0);
    expect(heap.allocate([9 * pageBytes], nothing)).toEqual([pageBytes]);
  });

  it("asks for memory back until there is enough, or no more comes", () => {
    const { heap } = smallHeap();
    const held = heap.allocate([3 * pageBytes, 3 * pageBytes, 3 * pageBytes], nothing);
    const order = [held[2], held[0], held[1]];
    const reclaim = () => {
      const address = order.shift();
      if (address !== undefined) heap.free(address);
      return address !== undefined;
    };
    // The first two that come back lie apart.
    expect(heap.allocate([4 * pageBytes], reclaim)).toEqual([pageBytes]);
    expect(order).toEqual([]);
  });

  it("takes no block for nothing", () => {
    const { heap } = smallHeap();
    expect(heap.allocate([0, 1, 0], nothing)).toEqual([0, pageBytes, 0]);
    expect(heap.usedBytes).toBe(64);
    heap.free(0);
    heap.free(0);
  });

  it("shows the same memory after it has grown", () => {
    const { heap } = smallHeap();
    const [address] = heap.allocate([8], nothing);
    heap.words(address, 2).set([1, 2 ** 32 - 1]);
    heap.allocate([5 * pageBytes], nothing);
    expect([...heap.words(address, 2)]).toEqual([1, 2 ** 32 - 1]);
    expect(heap.bytes(address + 4, 1)[0]).toBe(255);
  });
});
