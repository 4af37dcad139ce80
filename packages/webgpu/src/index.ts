/// <reference types="@webgpu/types" />
export { createWebGPUBackend, type WebGPUBackendOptions } from "./create-backend.ts";
