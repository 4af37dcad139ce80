export type { CapturedChain } from "./captured-chain.ts";
export { type CUDAOptions, createCUDABackend, type EmulatorOptions } from "./create-backend.ts";
export type { CUDABackend } from "./cuda-backend.ts";
