import { conformanceCases, formatSummary, runConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createCUDABackend } from "@octet/cuda";
import { expect, test } from "vitest";
import { emulatorMissing } from "./emulator.ts";

const golden = new URL("../../conformance/fixtures/contract.json", import.meta.url).pathname;

const settings = [
  { seed: 0, copies: "late" },
  { seed: 7, copies: "early" },
  { seed: 12345, copies: "late" },
] as const;

test.skipIf(emulatorMissing).each(settings)(
  "the kernels pass the suite: thread order $seed, copies land $copies",
  async (emulated) => {
    const cases = conformanceCases().filter(({ family }) => emulated.seed === 0 || family !== "large");
    const summary = await runConformance(() => createCUDABackend({ emulated }), { cases });
    expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(summary.results.length).toBe(cases.length);
  },
  600_000,
);

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
