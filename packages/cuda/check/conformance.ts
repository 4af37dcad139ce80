import { type ConformanceCase, conformanceCases, formatSummary, runConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createCUDABackend } from "@octet/cuda";
import type { Platform } from "../src/load-addon.ts";
import { besides, firstExisting } from "./executables.ts";
import { type PartOutcome, refuse } from "./part.ts";

/** Failures to print; all are in the JSON. */
const mostShown = 25;

/** The whole suite, of which nothing that models need may be unsupported. In the emulation without the family "large", which takes minutes there. */
export function checkConformance(platform: Platform): Promise<PartOutcome> {
  const cases = conformanceCases();
  return run(platform, platform === "emulated" ? cases.filter(({ family }) => (family as string) !== "large") : cases);
}

/** The golden vectors, computed elsewhere. */
export async function checkGoldenVectors(platform: Platform): Promise<PartOutcome> {
  const manifest = firstExisting(besides("golden/contract.json"), besides("../conformance/fixtures/contract.json"));
  if (manifest === undefined) return refuse("the golden vectors are neither in the bundle nor in the checkout");
  return run(platform, await loadGoldenManifest(manifest));
}

async function run(platform: Platform, cases: readonly ConformanceCase[]): Promise<PartOutcome> {
  let shown = 0;
  const summary = await runConformance(() => createCUDABackend({ emulated: platform === "emulated" }), {
    cases,
    profile: "models",
    onResult: ({ id, status, message }) => {
      if (status === "failed" && shown++ < mostShown)
        console.log(`  failed: ${id}: ${message.split("\n", 3).join(" | ")}`);
    },
  });
  const { passed, failed, skipped, results } = summary;
  return {
    status: failed === 0 ? "passed" : "failed",
    summary: formatSummary(summary),
    details: {
      ...{ passed, failed, skipped },
      failures: results
        .filter(({ status }) => status === "failed")
        .map(({ id, message }) => ({ id, message: message.slice(0, 2000) })),
      slowest: [...results]
        .sort((a, b) => b.milliseconds - a.milliseconds)
        .slice(0, 10)
        .map(({ id, milliseconds }) => ({ id, milliseconds: Math.round(milliseconds) })),
    },
  };
}
