import { conformanceCases, formatSummary, runConformance } from "@octet/conformance";
import { createWebGPUBackend } from "@octet/webgpu";
import { sharpCases } from "./sharp-cases.ts";

/** What a run in a browser or in Deno says of itself. */
export interface ConformanceReport {
  readonly device: string;
  readonly features: readonly string[];
  readonly summary: string;
  /** `id: message` of the cases that did not pass. */
  readonly notPassed: readonly string[];
}

/** Runs the suite, but for its large tensors, and says how it went. */
export async function reportConformance(): Promise<ConformanceReport> {
  const backend = await createWebGPUBackend();
  const { device, features } = backend.info;
  backend.dispose();
  const summary = await runConformance(createWebGPUBackend, {
    cases: [...conformanceCases(), ...sharpCases()],
    profile: "models",
    filter: ({ family }) => family !== "large",
  });
  const notPassed = summary.results
    .filter(({ status }) => status !== "passed")
    .map(({ id, message }) => `${id}: ${message}`);
  return { device, features, summary: formatSummary(summary), notPassed };
}
