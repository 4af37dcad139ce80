import { afterEach, describe, expect, it, vi } from "vitest";
import { addressLimit } from "./heap.ts";
import { loadKernelBinary } from "./kernel-binary.ts";
import { heapAddress } from "./layout.ts";
import { startInlineEngine, startPoolEngine } from "./start-engine.ts";
import type { PoolWorker, StartWorker } from "./worker-host.ts";

const binary = await loadKernelBinary("plain");

afterEach(() => vi.restoreAllMocks());

/** Pretends that the system sets no more than so many bytes of addresses aside for a memory. */
function limitAddresses(bytes: number): void {
  const { Memory } = WebAssembly;
  class LimitedMemory extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if ((descriptor.maximum as number) * 65536 > bytes) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  }
  vi.spyOn(WebAssembly, "Memory").mockImplementation(LimitedMemory);
}

/** Workers that start, and do nothing. */
function idleWorkers(): { readonly workers: PoolWorker[]; readonly startWorker: StartWorker } {
  const workers: PoolWorker[] = [];
  const startWorker: StartWorker = (_start, { onMessage }) => {
    const worker = { keepAlive: vi.fn(), terminate: vi.fn() };
    workers.push(worker);
    queueMicrotask(() => onMessage("ready"));
    return worker;
  };
  return { workers, startWorker };
}

describe("addresses", () => {
  it.each([1, 2, 4, 8])("take a 1/%i of 4 GiB where the system gives no more", async (part) => {
    const bytes = 2 ** 32 / part;
    limitAddresses(bytes);
    const limit = Math.min(bytes, addressLimit);
    const { engine, capacity } = await startInlineEngine(binary);
    expect(capacity).toBe(limit - heapAddress(1));
    expect(() => engine.allocate(capacity + 1)).toThrow(expect.objectContaining({ code: "ERR_OUT_OF_MEMORY" }));
    const pool = await startPoolEngine(binary, idleWorkers().startWorker, 2);
    expect(pool.capacity).toBe(limit - heapAddress(2));
  });

  it("below 512 MiB are ERR_UNAVAILABLE, with and without workers", async () => {
    limitAddresses(2 ** 28);
    const refused = { code: "ERR_UNAVAILABLE", cause: expect.any(RangeError) };
    await expect(startInlineEngine(binary)).rejects.toMatchObject(refused);
    await expect(startPoolEngine(binary, idleWorkers().startWorker, 2)).rejects.toMatchObject(refused);
  });
});

describe("a start that fails", () => {
  it("because the page may not compile is ERR_UNAVAILABLE, and says what to allow", async () => {
    const blocked = new WebAssembly.CompileError("violates the following Content Security policy directive");
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(blocked);
    const unavailable = expect.objectContaining({
      code: "ERR_UNAVAILABLE",
      message: expect.stringMatching(/'wasm-unsafe-eval'.*\(violates the following/),
      cause: blocked,
    });
    await expect(startInlineEngine(binary)).rejects.toEqual(unavailable);
    await expect(startPoolEngine(binary, idleWorkers().startWorker, 2)).rejects.toEqual(unavailable);
  });

  it("after the workers have started leaves none of them running", async () => {
    const { workers, startWorker } = idleWorkers();
    class RefusedInstance {
      constructor() {
        throw new RangeError("out of memory");
      }
    }
    vi.spyOn(WebAssembly, "Instance").mockImplementation(RefusedInstance as unknown as typeof WebAssembly.Instance);
    await expect(startPoolEngine(binary, startWorker, 2)).rejects.toThrow("out of memory");
    expect(workers).toHaveLength(2);
    for (const { terminate } of workers) expect(terminate).toHaveBeenCalledTimes(1);
  });
});
