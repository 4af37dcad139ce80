export { createWasmBackend, type WasmBackendOptions } from "./create-wasm-backend.ts";
export type { Simd } from "./simd.ts";
