import { fileURLToPath } from "node:url";
import { registerConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createWasmBackend } from "@octet/wasm";
import { describe, it } from "vitest";

const golden = await loadGoldenManifest(
  fileURLToPath(new URL("../../conformance/fixtures/contract.json", import.meta.url)),
);

for (const simd of ["plain", "relaxed"] as const) {
  const name = `wasm, ${simd} SIMD`;
  const factory = () => createWasmBackend({ simd });
  registerConformance({ describe, it }, name, factory);
  registerConformance({ describe, it }, `${name}, golden vectors`, factory, { cases: golden });
}
