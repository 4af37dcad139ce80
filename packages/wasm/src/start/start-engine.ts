import { OctetError } from "@octet/core";
import { addressLimit, Heap, pageBytes } from "../memory/heap.ts";
import { heapAddress } from "../memory/memory-map.ts";
import { Engine } from "../run/engine.ts";
import { instantiateKernels, type KernelExports } from "../run/exports.ts";
import { InlineRunner } from "../run/inline-runner.ts";
import { PoolRunner } from "../run/pool-runner.ts";
import type { Runner } from "../run/runner.ts";
import type { StartWorker } from "../run/worker-host.ts";
import { compileKernels } from "./compile-kernels.ts";
import { shareMemoryImport } from "./shared-import.ts";

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
  const { memory, limit } = makeMemory(1, false);
  const runner = new InlineRunner(instantiate(module, memory), memory);
  return startEngine(memory, limit, runner);
}

/** Runs ops on `threads` workers. Rejects where they do not start. */
export async function startPoolEngine(
  binary: Uint8Array<ArrayBuffer>,
  startWorker: StartWorker,
  threads: number,
): Promise<StartedEngine> {
  const module = await compileKernels(shareMemoryImport(binary));
  const { memory, limit } = makeMemory(threads, true);
  const runner = new PoolRunner(memory, threads);
  await runner.start(startWorker, module, memory);
  return startEngine(memory, limit, runner);
}

function startEngine(memory: WebAssembly.Memory, limit: number, runner: Runner): StartedEngine {
  const start = heapAddress(runner.threads);
  return { engine: new Engine(new Heap(memory, start, limit), runner), capacity: limit - start };
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
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
 * the system does not reserve that many addresses.
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
