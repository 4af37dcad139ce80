import { create, globals } from "webgpu";

/**
 * Gives this process what a browser has, which the peers look for: `navigator.gpu`, and the classes and constants of WebGPU.
 * `navigator` keeps Dawn's entry from being collected, after which the process would abort.
 */
export function installWebGPU(): GPU {
  Object.assign(globalThis, globals);
  // Timestamps to the nanosecond: for the sake of pages, Dawn rounds them to 65 µs.
  const gpu = create(["disable-dawn-features=timestamp_quantization"]);
  Object.defineProperty(globalThis.navigator, "gpu", { value: gpu });
  return gpu;
}
