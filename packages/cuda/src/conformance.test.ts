import { conformanceCases, runConformance } from "@octet/conformance";
import { expect, test } from "vitest";
import { emulatorMissing } from "../test/emulator.ts";
import { createCUDABackend } from "./index.ts";

/** Orders of threads, and when copies land; the cases that take longest run once, in depth. */
const settings = [
  { seed: 0, copies: "late", large: true, options: { tags: "full" } },
  { seed: 7, copies: "early", large: false, options: {} },
  { seed: 12345, copies: "late", large: false, options: {} },
] as const;

for (const { seed, copies, large, options } of settings) {
  test.skipIf(emulatorMissing)(
    `the kernels pass the suite: thread order ${seed}, copies land ${copies}`,
    { timeout: 600_000, ...options },
    async () => {
      const cases = conformanceCases().filter(({ family }) => large || family !== "large");
      const summary = await runConformance(() => createCUDABackend({ emulated: { seed, copies } }), { cases });
      expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
      expect(summary.results.length).toBe(cases.length);
    },
  );
}
