export { type CUDAOptions, createCUDABackend, type EmulatorOptions } from "./create-backend.ts";
