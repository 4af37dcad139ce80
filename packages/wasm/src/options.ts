import { OctetError } from "@octet/core";
import { optionText } from "./option-text.ts";
import type { Simd } from "./start/simd.ts";

export interface WasmBackendOptions {
  /**
   * Threads that run ops, 1 to 256. 1: the calling thread, even that of a page's window, which each call keeps busy until its op has run;
   * errors in the data are then thrown there. From 2 on: that many workers, which run ops after the calls have returned, with the same
   * results. Default: those of the machine, at most 8. Without workers (in a page that is not cross-origin isolated) it is 1, and
   * `info.features` says why.
   */
  readonly threads?: number;
  /**
   * Which build of the kernels runs. Default: "relaxed" where the runtime has relaxed SIMD, else "plain". If it has none, asking for
   * "relaxed" is an error.
   */
  readonly simd?: Simd;
  /**
   * The kernels, compiled beforehand, for runtimes that compile no WebAssembly while they run, as Cloudflare Workers: import it from
   * "@octet/wasm/relaxed.wasm", or from "@octet/wasm/plain.wasm" where there is no relaxed SIMD. It decides which build runs, on one
   * thread. Default: the package compiles its own kernels.
   */
  readonly module?: WebAssembly.Module;
}

const names: readonly (keyof WasmBackendOptions)[] = ["threads", "simd", "module"];

/** Refuses options that are not an object, and names that do not exist. @throws OctetError `ERR_UNSUPPORTED` */
export function checkOptions(options: WasmBackendOptions): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new OctetError("ERR_UNSUPPORTED", `got the options ${optionText(options)}; pass an object, or nothing`);
  }
  const unknown = Object.keys(options).find((name) => !(names as readonly string[]).includes(name));
  if (unknown === undefined) return;
  throw new OctetError("ERR_UNSUPPORTED", `got the option ${optionText(unknown)}; there are ${names.join(", ")}`);
}
