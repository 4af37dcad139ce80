import { OctetError } from "@octet/core";
import { compileKernels } from "./compile-kernels.ts";
import { Engine } from "./engine.ts";
import { addressLimit, Heap, pageBytes } from "./heap.ts";
import { InlineRunner } from "./inline-runner.ts";
import { instantiateKernels, type Kernel } from "./kernels.ts";
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

/** A memory, and how far it may grow: bytes that addresses may use. */
interface LimitedMemory {
  readonly memory: WebAssembly.Memory;
  readonly limit: number;
}

/** Runs ops on the calling thread. `module` imports a memory that is not shared. @throws OctetError `ERR_UNAVAILABLE` */
export function startInlineEngine(module: WebAssembly.Module): StartedEngine {
  const limited = makeMemory(1, false);
  return makeEngine(module, limited, 1, (kernels) => new InlineRunner(kernels, limited.memory));
}

/** Runs ops on `threads` workers. Rejects where they do not start. */
export async function startPoolEngine(
  binary: Uint8Array<ArrayBuffer>,
  startWorker: StartWorker,
  threads: number,
): Promise<StartedEngine> {
  const module = await compileKernels(shareMemoryImport(binary));
  const limited = makeMemory(threads, true);
  const runner = new PoolRunner(limited.memory, threads);
  await runner.start(startWorker, module, limited.memory);
  try {
    return makeEngine(module, limited, threads, () => runner);
  } catch (cause) {
    runner.dispose();
    throw cause;
  }
}

function makeEngine(
  module: WebAssembly.Module,
  { memory, limit }: LimitedMemory,
  threads: number,
  makeRunner: (kernels: readonly Kernel[]) => Runner,
): StartedEngine {
  const kernels = instantiate(module, memory);
  const heap = new Heap(memory, heapAddress(threads), limit);
  const engine = new Engine(heap, makeRunner(kernels), createNonFiniteScan(kernels, memory));
  return { engine, capacity: limit - heapAddress(threads) };
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): readonly Kernel[] {
  try {
    return instantiateKernels(module, memory);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OctetError("ERR_UNAVAILABLE", `wasm: the kernels do not start (${reason}); close other programs`, {
      cause,
    });
  }
}

/**
 * The memory, with what lies below the heap. It may grow to the 4 GiB of 32-bit addresses, or to half, a quarter, an eighth of that where
 * the system does not set so many addresses aside.
 */
function makeMemory(threads: number, shared: boolean): LimitedMemory {
  const initial = heapAddress(threads) / pageBytes;
  for (let maximum = 65536; ; maximum /= 2) {
    try {
      const memory = new WebAssembly.Memory({ initial, maximum, shared });
      return { memory, limit: Math.min(maximum * pageBytes, addressLimit) };
    } catch (cause) {
      if (maximum > 8192) continue;
      throw new OctetError("ERR_UNAVAILABLE", "wasm: the system refuses 512 MiB of addresses; close other programs", {
        cause,
      });
    }
  }
}
