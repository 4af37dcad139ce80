import { afterEach, describe, expect, it, vi } from "vitest";
import { createWasmBackend } from "../create-backend.ts";
import { addressLimit } from "../memory/heap.ts";
import { heapAddress } from "../memory/memory-map.ts";
import type { PoolWorker, StartWorker } from "../run/worker-host.ts";
import { compileKernels } from "./compile-kernels.ts";
import { loadKernelBinary } from "./kernel-binary.ts";
import { startInlineEngine, startPoolEngine } from "./start-engine.ts";

const binary = await loadKernelBinary("plain");
const module = await compileKernels(binary);

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
    const { engine, capacity } = startInlineEngine(module);
    expect(capacity).toBe(limit - heapAddress(1));
    expect(() => engine.allocate(capacity + 1)).toThrow(expect.objectContaining({ code: "ERR_OUT_OF_MEMORY" }));
    const pool = await startPoolEngine(binary, idleWorkers().startWorker, 2);
    expect(pool.capacity).toBe(limit - heapAddress(2));
  });

  it("below 512 MiB are ERR_UNAVAILABLE, with and without workers", async () => {
    limitAddresses(2 ** 28);
    const refused = { code: "ERR_UNAVAILABLE", cause: expect.any(RangeError) };
    expect(() => startInlineEngine(module)).toThrow(expect.objectContaining(refused));
    await expect(startPoolEngine(binary, idleWorkers().startWorker, 2)).rejects.toMatchObject(refused);
  });
});

describe("a start that fails", () => {
  it.each([
    [
      "WebAssembly.compile(): Wasm code generation disallowed by embedder",
      /Cloudflare Workers.*"@octet\/wasm\/relaxed\.wasm".*\{ module \}/,
    ],
    ["violates the following Content Security policy directive", /'wasm-unsafe-eval'/],
    ["call to WebAssembly.compile() blocked by CSP", /'wasm-unsafe-eval'/],
    ["Refused to create a WebAssembly object because 'unsafe-eval' is not allowed", /'wasm-unsafe-eval'/],
    ["invalid opcode", /^wasm: the kernels do not compile; use another backend \(/],
  ])("because of %j is ERR_UNAVAILABLE, and says what to do about it", async (reason, advice) => {
    const blocked = new WebAssembly.CompileError(reason);
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(blocked);
    const unavailable = expect.objectContaining({
      code: "ERR_UNAVAILABLE",
      message: expect.stringMatching(advice),
      cause: blocked,
    });
    await expect(compileKernels(binary)).rejects.toEqual(unavailable);
    await expect(compileKernels(binary)).rejects.toThrow(`(${reason})`);
    await expect(startPoolEngine(binary, idleWorkers().startWorker, 2)).rejects.toEqual(unavailable);
    await expect(createWasmBackend({ threads: 2 })).rejects.toEqual(unavailable);
  });
});
