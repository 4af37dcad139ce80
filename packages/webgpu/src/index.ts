export { createWebGPUBackend, type WebGPUBackendOptions } from "./create-backend.ts";
