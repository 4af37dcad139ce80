import { type BackendFactory, createReferenceBackend } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { createWebGPUBackend } from "@octet/webgpu";

/** What the page offers, the fastest first. All of them give the same bytes. */
export const backends: Readonly<Record<string, BackendFactory>> = {
  webgpu: () => createWebGPUBackend(),
  wasm: () => createWasmBackend(),
  reference: createReferenceBackend,
};
