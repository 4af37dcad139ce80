import { formatSummary, registerConformance, runConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { describe, expect, it } from "vitest";
import { createBackend } from "./create-backend.ts";

registerConformance({ describe, it }, "webgpu on Dawn", () => createBackend({}), {
  filter: ({ family }) => family === "large",
});

it("passes every golden vector", { timeout: 300_000 }, async () => {
  const cases = await loadGoldenManifest(new URL("../../conformance/fixtures/contract.json", import.meta.url).pathname);
  const summary = await runConformance(() => createBackend({}), { cases });
  expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(formatSummary(summary)).toBe("765 passed, 0 failed, 0 skipped");
});
