export { createWasmBackend } from "./create-wasm-backend.ts";
export type { WasmBackendOptions } from "./options.ts";
export type { Simd } from "./simd.ts";
