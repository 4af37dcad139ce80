import { type Backend, OctetError } from "@octet/core";
import { WasmBackend } from "./backend.ts";
import { optionText } from "./option-text.ts";
import { checkOptions, type WasmBackendOptions } from "./options.ts";
import { findWorkers } from "./run/worker-host.ts";
import { compileKernels } from "./start/compile-kernels.ts";
import { loadKernelBinary } from "./start/kernel-binary.ts";
import { identifyModule } from "./start/kernel-module.ts";
import { chooseSimd, type Simd } from "./start/simd.ts";
import { type StartedEngine, startInlineEngine, startPoolEngine } from "./start/start-engine.ts";
import { chooseThreads } from "./start/threads.ts";

/**
 * Starts the WebAssembly backend, in Node or in a browser. The caller owns the backend, and disposes it: that ends its workers,
 * and lets go of its memory with all tensors in it.
 * @throws OctetError `ERR_UNAVAILABLE` where WebAssembly, its SIMD, the relaxed SIMD that was asked for, the permission to compile it, or
 * 512 MiB of addresses are missing; `ERR_UNSUPPORTED` for `threads` that are not a whole number from 1 to 256, a `simd` that is neither
 * "plain" nor "relaxed" or not that of the module, a `module` that is not of this version of the package, names of options that do not
 * exist, and options that are not an object
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  checkOptions(options);
  const { threads, simd, module } = options;
  const build = module === undefined ? chooseSimd(simd) : simdOf(module, simd);
  const wanted = chooseThreads(threads);
  try {
    const engine =
      module === undefined
        ? await startEngine(await loadKernelBinary(build), wanted)
        : startOnOneThread(
            module,
            wanted > 1 ? "the module that was passed takes the memory of one thread" : undefined,
          );
    return describe(engine, build);
  } catch (cause) {
    if (OctetError.isInstance(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OctetError("ERR_UNAVAILABLE", `wasm: the backend does not start (${reason}); use another`, { cause });
  }
}

interface RunningEngine extends StartedEngine {
  readonly threads: number;
  /** Why there are not as many threads as wanted. */
  readonly reason: readonly string[];
}

function describe({ engine, capacity, threads, reason }: RunningEngine, simd: Simd): Backend {
  const simdName = simd === "relaxed" ? "relaxed SIMD" : "SIMD";
  return new WasmBackend(engine, {
    name: "wasm",
    device: `CPU, WebAssembly ${simdName}, ${threads === 1 ? "1 thread" : `${threads} threads`}`,
    // Tensors take whole cache lines, and scales start on one.
    maxTensorBytes: capacity - 256,
    features: [simd === "relaxed" ? "relaxed-simd" : "simd", `threads=${threads}`, ...reason],
  });
}

function simdOf(module: WebAssembly.Module, wanted: Simd | undefined): Simd {
  chooseSimd(wanted);
  const simd = identifyModule(module);
  if (wanted === undefined || wanted === simd) return simd;
  throw new OctetError(
    "ERR_UNSUPPORTED",
    `got simd ${optionText(wanted)} and a module of the ${simd} build; leave simd out, or import the other module`,
  );
}

/** With as many threads as asked for, or with one and the reason why. */
async function startEngine(binary: Uint8Array<ArrayBuffer>, wanted: number): Promise<RunningEngine> {
  if (wanted === 1) return startOnOneThread(await compileKernels(binary));
  const workers = findWorkers();
  if (typeof workers === "string") return startOnOneThread(await compileKernels(binary), workers);
  try {
    return { ...(await startPoolEngine(binary, workers, wanted)), threads: wanted, reason: [] };
  } catch (error) {
    return startOnOneThread(await compileKernels(binary), error instanceof Error ? error.message : String(error));
  }
}

function startOnOneThread(module: WebAssembly.Module, noThreads?: string): RunningEngine {
  const reason = noThreads === undefined ? [] : [`no threads: ${noThreads}`];
  return { ...startInlineEngine(module), threads: 1, reason };
}
