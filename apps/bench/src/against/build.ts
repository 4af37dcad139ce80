import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Backend, HostTensor, LinearActivations, QuantizedTensor, Tensor } from "@octet/core";

/** A backend of a built checkout, with what is timed of it. */
export interface Build {
  readonly backend: Backend;
  linear(x: Tensor, weight: QuantizedTensor, activations: LinearActivations): Tensor;
  quantize(x: Tensor): QuantizedTensor;
  hostTensor(shape: readonly number[], data: Float32Array): HostTensor<"float32">;
}

/** Which backend, and how it is made. */
export interface BackendChoice {
  readonly name: keyof typeof factories;
  readonly options: object;
}

/** The folder of a package, and the factory that it exports. */
const factories = {
  wasm: ["wasm", "createWasmBackend"],
  webgpu: ["webgpu", "createWebGPUBackend"],
  cuda: ["cuda", "createCUDABackend"],
  reference: ["core", "createReferenceBackend"],
} as const;

/** The backends that can be compared. */
export const backendNames: readonly string[] = Object.keys(factories);

const perRow = { kind: "channel", dim: 0 } as const;

/** Backends of contract version 1 had a method for each op; since version 2 ops are functions of core. */
type MethodsOfVersion1 = {
  linear(x: Tensor, weight: QuantizedTensor, options: object): Tensor;
  quantize(x: Tensor, options: object): QuantizedTensor;
};

/** Starts a backend of the checkout in a folder, from its `dist` folders. @throws when it was not built, or does not start */
export async function openBuild(checkout: string, { name, options }: BackendChoice): Promise<Build> {
  const core = await importDist(checkout, "core");
  const [folder, factory] = factories[name];
  const module = await importDist(checkout, folder);
  const backend: Backend = await module[factory](options);
  const methods = backend as unknown as MethodsOfVersion1;
  const ops: MethodsOfVersion1 = typeof methods.linear === "function" ? methods : (core as MethodsOfVersion1);
  return {
    backend,
    linear: (x, weight, activations) => ops.linear(x, weight, { activations }),
    quantize: (x) => ops.quantize(x, { granularity: perRow }),
    hostTensor: (shape, data) => core.hostTensor("float32", shape, data),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the exports of another version
async function importDist(checkout: string, name: string): Promise<any> {
  const file = join(checkout, "packages", name, "dist/index.js");
  if (!existsSync(file)) throw new Error(`${file} is not there; run pnpm build in ${checkout}`);
  return await import(pathToFileURL(file).href);
}
