import { type ConformanceResult, formatSummary, runConformance, suspectFaults } from "@octet/conformance";
import { createWebGPUBackend } from "@octet/webgpu";

/** What came of the conformance suite. */
export interface SuiteOutcome {
  /** "560 passed, 0 failed, 0 skipped" */
  readonly summary: string;
  /** What the backend used of the device. */
  readonly features: readonly string[];
  /** Families of cases that ran. */
  readonly families: readonly string[];
  readonly notPassed: readonly Pick<ConformanceResult, "id" | "status" | "message">[];
  /** Known mistakes that would explain the failures. */
  readonly suspects: readonly string[];
}

/** Runs the suite on a backend with a device of its own, as an application would have it. */
export async function runSuite(
  runsFamily: (family: string) => boolean,
  onResult: (result: ConformanceResult, done: number) => void,
): Promise<SuiteOutcome> {
  const backend = await createWebGPUBackend();
  const { features } = backend.info;
  backend.dispose();
  let done = 0;
  const summary = await runConformance(createWebGPUBackend, {
    filter: ({ family }) => runsFamily(family),
    async onResult(result) {
      onResult(result, ++done);
      if (done % 10 === 0) await new Promise((resolve) => setTimeout(resolve)); // lets the page paint
    },
  });
  return {
    summary: formatSummary(summary),
    features,
    families: [...new Set(summary.results.map(({ family }) => family))],
    notPassed: summary.results
      .filter(({ status }) => status !== "passed")
      .map(({ id, status, message }) => ({ id, status, message })),
    suspects: suspectFaults(summary.results),
  };
}
