import type { Backend } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";

/** Every way in which the backend runs, for `describe.each`. */
export const ways: readonly (readonly [string, () => Promise<Backend>])[] = (["plain", "relaxed"] as const).flatMap(
  (simd) =>
    [1, 2].map((threads) => [`${simd} SIMD, threads=${threads}`, () => createWasmBackend({ simd, threads })] as const),
);
