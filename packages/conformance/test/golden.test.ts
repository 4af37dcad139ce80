import { formatSummary, runConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createReferenceBackend } from "@octet/core";
import { expect, test } from "vitest";

const manifest = new URL("../fixtures/contract.json", import.meta.url).pathname;

test("the reference backend passes every golden vector", async () => {
  const cases = await loadGoldenManifest(manifest);
  const summary = await runConformance(createReferenceBackend, { cases });
  expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(formatSummary(summary)).toBe("765 passed, 0 failed, 0 skipped");
});
