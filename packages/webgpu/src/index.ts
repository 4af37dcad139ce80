export { createWebGPUBackend } from "./create-backend.ts";
export type { WebGPUBackendOptions } from "./options.ts";
