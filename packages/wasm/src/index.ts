export { createWasmBackend } from "./create-backend.ts";
export type { WasmBackendOptions } from "./options.ts";
export type { Simd } from "./start/simd.ts";
