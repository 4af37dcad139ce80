import { Engine } from "./engine.ts";
import { addressLimit, Heap, pageBytes } from "./heap.ts";
import { InlineRunner } from "./inline-runner.ts";
import { instantiateKernels } from "./kernels.ts";
import { heapAddress } from "./layout.ts";
import { createNonFiniteScan } from "./non-finite-scan.ts";
import { PoolRunner } from "./pool-runner.ts";
import type { Runner } from "./runner.ts";
import { shareMemoryImport } from "./shared-import.ts";
import type { StartWorker } from "./worker-host.ts";

/** An engine that runs, and what its heap can hold. */
export interface StartedEngine {
  readonly engine: Engine;
  /** Bytes. */
  readonly capacity: number;
}

/** Runs ops on the calling thread. */
export async function startInlineEngine(binary: Uint8Array<ArrayBuffer>): Promise<StartedEngine> {
  const module = await WebAssembly.compile(binary);
  const memory = makeMemory(1, false);
  return makeEngine(module, memory, 1, (kernels) => new InlineRunner(kernels, memory));
}

/** Runs ops on `threads` workers. Rejects where they do not start. */
export async function startPoolEngine(
  binary: Uint8Array<ArrayBuffer>,
  startWorker: StartWorker,
  threads: number,
): Promise<StartedEngine> {
  const module = await WebAssembly.compile(shareMemoryImport(binary));
  const memory = makeMemory(threads, true);
  const runner = new PoolRunner(memory);
  await runner.start(startWorker, module, memory, threads);
  return makeEngine(module, memory, threads, () => runner);
}

function makeEngine(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  threads: number,
  makeRunner: (kernels: ReturnType<typeof instantiateKernels>) => Runner,
): StartedEngine {
  const kernels = instantiateKernels(module, memory);
  const heap = new Heap(memory, heapAddress(threads), addressLimit);
  const engine = new Engine(heap, makeRunner(kernels), createNonFiniteScan(kernels, memory));
  return { engine, capacity: addressLimit - heapAddress(threads) };
}

/** The memory, with what lies below the heap. It may grow to the 4 GiB of 32-bit addresses. */
function makeMemory(threads: number, shared: boolean): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: heapAddress(threads) / pageBytes, maximum: 65536, shared });
}
