import { formatSummary, runConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createCUDABackend } from "@octet/cuda";
import { expect, test } from "vitest";
import { emulatorMissing } from "./emulator.ts";

const golden = new URL("../../conformance/fixtures/contract.json", import.meta.url).pathname;

test.skipIf(emulatorMissing)(
  "the kernels pass every golden vector",
  async () => {
    const cases = await loadGoldenManifest(golden);
    const summary = await runConformance(() => createCUDABackend({ emulated: true }), { cases });
    expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(formatSummary(summary)).toBe(`${cases.length} passed, 0 failed, 0 skipped`);
  },
  600_000,
);
