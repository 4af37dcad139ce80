import { conformanceCases, runConformance } from "@octet/conformance";
import { expect, test } from "vitest";
import { emulatorMissing } from "../test/emulator.ts";
import { createCUDABackend } from "./index.ts";

const settings = [
  { seed: 0, copies: "late" },
  { seed: 7, copies: "early" },
  { seed: 12345, copies: "late" },
] as const;

test.skipIf(emulatorMissing).each(settings)(
  "the kernels pass the suite: thread order $seed, copies land $copies",
  async (emulated) => {
    const cases = conformanceCases().filter(({ family }) => emulated.seed === 0 || family !== "large");
    const summary = await runConformance(() => createCUDABackend({ emulated }), { cases, profile: "models" });
    expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(summary.results.length).toBe(cases.length);
  },
  600_000,
);
