import { formatValue, OctetError, type OpCall } from "@octet/core";
import type { ConformanceFamily } from "./case.ts";
import type { Fault } from "./faults.ts";

/** What came of one case. */
export interface ConformanceResult {
  readonly id: string;
  readonly family: ConformanceFamily;
  readonly status: "passed" | "failed" | "unsupported";
  /** Why it failed, or which op is not supported; empty for "passed". */
  readonly message: string;
  /** What the case threw, where it failed. */
  readonly error?: unknown;
  /** The op that the backend does not support. */
  readonly unsupported?: OpCall;
  readonly milliseconds: number;
  /** The known faults that this case catches. */
  readonly catches: readonly Fault[];
}

/** What came of a run. Cases whose ops the backend does not support are counted as skipped. */
export interface ConformanceSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** In the order of the cases. */
  readonly results: readonly ConformanceResult[];
}

export function summarize(results: readonly ConformanceResult[]): ConformanceSummary {
  const count = (status: ConformanceResult["status"]) => results.filter((result) => result.status === status).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("unsupported"), results };
}

/** `12 passed, 0 failed, 3 skipped`: the line that a report ends with. */
export function formatSummary(summary: Omit<ConformanceSummary, "results">): string {
  if (typeof summary?.passed !== "number") {
    throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(summary)}; pass what runConformance resolves to`);
  }
  const { passed, failed, skipped } = summary;
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
