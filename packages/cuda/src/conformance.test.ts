import { conformanceCases, runConformance } from "@octet/conformance";
import { expect, test } from "vitest";
import { emulatorMissing } from "../test/emulator.ts";
import { threadOrders } from "../test/on-both.ts";
import { createCUDABackend } from "./index.ts";

test.skipIf(emulatorMissing).each(threadOrders)(
  "the kernels pass the suite: thread order $seed, copies land $copies",
  async (emulated) => {
    const cases = conformanceCases().filter(({ family }) => emulated.seed === 0 || family !== "large");
    const summary = await runConformance(() => createCUDABackend({ emulated }), { cases, profile: "models" });
    expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(summary.results.length).toBe(cases.length);
  },
  600_000,
);
