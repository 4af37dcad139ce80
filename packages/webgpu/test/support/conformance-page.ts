import { conformanceCases, formatSummary, runConformance } from "@octet/conformance";
import { createWebGPUBackend } from "@octet/webgpu";
import { sharpCases } from "./sharp-cases.ts";

/** What a run in a browser says of itself. */
export interface PageReport {
  readonly device: string;
  readonly features: readonly string[];
  readonly summary: string;
  /** `id: message` of the cases that did not pass. */
  readonly notPassed: readonly string[];
}

async function report(): Promise<PageReport> {
  const backend = await createWebGPUBackend();
  const { device, features } = backend.info;
  backend.dispose();
  const summary = await runConformance(createWebGPUBackend, {
    cases: [...conformanceCases(), ...sharpCases()],
    filter: ({ family }) => family !== "large",
  });
  const notPassed = summary.results
    .filter(({ status }) => status !== "passed")
    .map(({ id, message }) => `${id}: ${message}`);
  return { device, features, summary: formatSummary(summary), notPassed };
}

// The same module runs in a window, which the test asks, and in a worker, which posts its report.
if (typeof document === "undefined") report().then(postMessage);
else Object.assign(globalThis, { report });
