import { UsageError } from "../errors.ts";

/**
 * What the loader knows of a backend package: its name and how it is imported.
 *
 * A package that is to be found here exports `create<Name>Backend`, a factory that works without arguments. It throws
 * `ERR_UNAVAILABLE` with the reason where it cannot run. A device that is a program on the CPU posing as a GPU (a software adapter,
 * an emulator) starts too, but says so with `"software"` in `info.features`: asked for by name it is used, `auto` passes it by.
 */
export interface BackendEntry {
  readonly name: string;
  readonly packageName: string;
  /** The name of the factory among the exports of the package. */
  readonly factory: string;
  /** Written out as a literal `import()`, so that bundlers see it. */
  readonly load: () => Promise<unknown>;
}

/** In the order in which `auto` tries them, the fastest first. Adding a backend is adding its line. */
export const backendEntries: readonly BackendEntry[] = [
  { name: "cuda", packageName: "@octet/cuda", factory: "createCUDABackend", load: () => import("@octet/cuda") },
  { name: "webgpu", packageName: "@octet/webgpu", factory: "createWebGPUBackend", load: () => import("@octet/webgpu") },
  { name: "wasm", packageName: "@octet/wasm", factory: "createWasmBackend", load: () => import("@octet/wasm") },
  {
    name: "reference",
    packageName: "@octet/core",
    factory: "createReferenceBackend",
    load: () => import("@octet/core"),
  },
];

/** The line of a backend. @throws UsageError for a name that is in no line */
export function findEntry(name: string, entries: readonly BackendEntry[] = backendEntries): BackendEntry {
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const known = entries.map((candidate) => candidate.name).join(", ");
  throw new UsageError(`there is no backend ${JSON.stringify(name)}, there are ${known}`);
}
