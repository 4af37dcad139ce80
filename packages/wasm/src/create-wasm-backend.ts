import { type Backend, OctetError } from "@octet/core";
import { loadKernelBinary } from "./kernel-binary.ts";
import { optionText } from "./option-text.ts";
import { chooseSimd, type Simd } from "./simd.ts";
import { type StartedEngine, startInlineEngine, startPoolEngine } from "./start-engine.ts";
import { chooseThreads } from "./threads.ts";
import { makeBackend } from "./wasm-backend.ts";
import { findWorkers } from "./worker-host.ts";

export interface WasmBackendOptions {
  /**
   * Threads that run ops, 1 to 256. 1: the one that calls, which each call keeps busy until its op has run, be it the window of a page;
   * errors in the data are then thrown there. From 2 on: so many workers, which run ops after the calls have returned, with the same
   * results. Default: those of the machine, at most 8. Where workers cannot be had (a page that is not cross-origin isolated) it is 1, and
   * `info.features` says why.
   */
  readonly threads?: number;
  /**
   * Which build of the kernels runs. Default: "relaxed" where the runtime has relaxed SIMD, else "plain". Where it has none, asking for
   * "relaxed" is an error.
   */
  readonly simd?: Simd;
}

/**
 * Starts the WebAssembly backend, in Node or in a browser. Whoever calls this owns the backend, and disposes it: that ends its workers,
 * and lets go of its memory with all tensors in it.
 * @throws OctetError `ERR_UNAVAILABLE` where WebAssembly, its SIMD, the relaxed SIMD that was asked for, a policy that lets it compile, or
 * 512 MiB of addresses are missing; `ERR_UNSUPPORTED` for `threads` that are not a whole number from 1 to 256, a `simd` that is neither
 * "plain" nor "relaxed", and options that are no object
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  if (typeof options !== "object" || options === null) {
    throw new OctetError("ERR_UNSUPPORTED", `got the options ${optionText(options)}; pass an object, or nothing`);
  }
  const simd = chooseSimd(options.simd);
  const wanted = chooseThreads(options.threads);
  const { engine, capacity, threads, reason } = await startEngine(await loadKernelBinary(simd), wanted);
  const simdName = simd === "relaxed" ? "relaxed SIMD" : "SIMD";
  return makeBackend(engine, {
    name: "wasm",
    device: `CPU, WebAssembly ${simdName}, ${threads === 1 ? "1 thread" : `${threads} threads`}`,
    apiVersion: 1,
    // Tensors take whole cache lines, and scales start on one.
    maxTensorBytes: capacity - 256,
    features: [simd === "relaxed" ? "relaxed-simd" : "simd", `threads=${threads}`, ...reason],
  });
}

/** With as many threads as asked for, or with one and the reason why. */
async function startEngine(
  binary: Uint8Array<ArrayBuffer>,
  wanted: number,
): Promise<StartedEngine & { readonly threads: number; readonly reason: readonly string[] }> {
  let reason: string[] = [];
  if (wanted > 1) {
    const workers = findWorkers();
    if (typeof workers === "string") {
      reason = [`no threads: ${workers}`];
    } else {
      try {
        return { ...(await startPoolEngine(binary, workers, wanted)), threads: wanted, reason };
      } catch (error) {
        reason = [`no threads: ${error instanceof Error ? error.message : String(error)}`];
      }
    }
  }
  return { ...(await startInlineEngine(binary)), threads: 1, reason };
}
