import { fileURLToPath } from "node:url";
import { registerConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createWasmBackend } from "@octet/wasm";
import { describe, expect, it, test } from "vitest";

const golden = await loadGoldenManifest(
  fileURLToPath(new URL("../../conformance/fixtures/contract.json", import.meta.url)),
);

for (const simd of ["plain", "relaxed"] as const) {
  for (const threads of [1, 2]) {
    const name = `wasm, ${simd} SIMD, threads=${threads}`;
    const factory = () => createWasmBackend({ simd, threads });
    test(`${name}: runs what was asked for`, async () => {
      using backend = await factory();
      expect(backend.info.features).toEqual([simd === "relaxed" ? "relaxed-simd" : "simd", `threads=${threads}`]);
    });
    registerConformance({ describe, it }, name, factory, { profile: "models" });
    registerConformance({ describe, it }, `${name}, golden vectors`, factory, { cases: golden });
  }
}
