import type { Backend } from "@octet/core";
import { Engine } from "./engine.ts";
import { addressLimit, Heap } from "./heap.ts";
import { InlineRunner } from "./inline-runner.ts";
import { loadKernelBinary } from "./kernel-binary.ts";
import { instantiateKernels } from "./kernels.ts";
import { heapAddress } from "./layout.ts";
import { createNonFiniteScan } from "./non-finite-scan.ts";
import { chooseSimd, type Simd } from "./simd.ts";
import { makeBackend } from "./wasm-backend.ts";

export interface WasmBackendOptions {
  /** Which build of the kernels runs. Default: "relaxed" where the runtime has relaxed SIMD, else "plain". */
  readonly simd?: Simd;
}

export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  const simd = chooseSimd(options.simd);
  const module = await WebAssembly.compile(await loadKernelBinary(simd));
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  const kernels = instantiateKernels(module, memory);
  const heap = new Heap(memory, heapAddress(1), addressLimit);
  const engine = new Engine(heap, new InlineRunner(kernels, memory), createNonFiniteScan(kernels, memory));
  return makeBackend(engine, {
    name: "wasm",
    device: "CPU",
    apiVersion: 1,
    maxTensorBytes: addressLimit - heapAddress(1),
    features: [simd === "relaxed" ? "relaxed-simd" : "simd", "threads=1"],
  });
}
