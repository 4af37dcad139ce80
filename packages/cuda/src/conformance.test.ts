import { conformanceCases, runConformance } from "@octet/conformance";
import { expect, test } from "vitest";
import { emulatorMissing } from "../test/emulator.ts";
import { threadOrders } from "../test/on-both.ts";
import { createCUDABackend } from "./index.ts";

/** The cases that take longest run in one order only, and in depth. */
for (const emulated of threadOrders) {
  const large = emulated.seed === 0;
  test.skipIf(emulatorMissing)(
    `the kernels pass the suite: thread order ${emulated.seed}, copies land ${emulated.copies}`,
    { timeout: 600_000, ...(large && { tags: "full" }) },
    async () => {
      const cases = conformanceCases().filter(({ family }) => large || family !== "large");
      const summary = await runConformance(() => createCUDABackend({ emulated }), { cases, profile: "models" });
      expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
      expect(summary.results.length).toBe(cases.length);
    },
  );
}
