import { formatSummary, runConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createWebGPUBackend } from "@octet/webgpu";
import { expect, it } from "vitest";

it("passes every golden vector", { timeout: 300_000 }, async () => {
  const cases = await loadGoldenManifest(new URL("../../conformance/fixtures/contract.json", import.meta.url).pathname);
  const summary = await runConformance(createWebGPUBackend, { cases });
  expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(formatSummary(summary)).toBe("765 passed, 0 failed, 0 skipped");
});
