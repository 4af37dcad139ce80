import { create, globals } from "webgpu";
import { settle } from "../../timing/settle.ts";
import type { Place } from "../measure.ts";

/**
 * Gives this process what a browser has: the peers look for `navigator.gpu` and for the classes and constants of WebGPU. Dawn's entry
 * stays referenced, without which the process aborts.
 */
export function installWebGPU(): GPU {
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis.navigator, "gpu", { value: gpu });
  return gpu;
}

export const nodePlace: Omit<Place, "onStep"> = {
  name: `Node ${process.versions.node} with Dawn`,
  settle,
};
