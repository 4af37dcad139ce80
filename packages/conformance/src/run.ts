import { type BackendFactory, type OptionKinds, validateOptions } from "@octet/core";
import { BackendHolder } from "./backend-holder.ts";
import type { ConformanceCase } from "./case.ts";
import { conformanceCases } from "./cases/index.ts";
import { type ProfileName, profileOf } from "./profiles.ts";
import { runCase } from "./run-case.ts";
import { type ConformanceResult, type ConformanceSummary, summarize } from "./summary.ts";

export interface ConformanceOptions {
  /** What to run. Default: `conformanceCases()`. */
  readonly cases?: readonly ConformanceCase[];
  /** Leaves out the cases for which it returns false: `({ family }) => family !== "large"`. Default: none. */
  readonly filter?: (conformanceCase: ConformanceCase) => boolean;
  /** The ops that must be supported. Default: "layers". */
  readonly profile?: ProfileName;
  /** Milliseconds that one case may take before it has failed. Default: 120,000. */
  readonly timeout?: number;
}

export interface RunOptions extends ConformanceOptions {
  /** Is called, and awaited, after each case: to print, or to let a page breathe. */
  readonly onResult?: (result: ConformanceResult) => void | Promise<void>;
  /** Ends the run before the next case. */
  readonly signal?: AbortSignal;
}

export const conformanceKinds: OptionKinds<ConformanceOptions> = {
  cases: "array",
  filter: "function",
  profile: "string",
  timeout: "number",
};

/** Milliseconds; the largest cases take seconds on a GPU that is emulated. */
export const defaultTimeout = 120_000;

/**
 * Runs the suite against a backend, anywhere: Node, a browser, no test runner needed. The cases share one backend; after a case that
 * failed, or that disposed it, the factory makes another. The backend is disposed in the end.
 *
 * Rejects with what the factory throws when no backend starts in the beginning, with `ERR_UNAVAILABLE` when what it gives lacks a
 * method or is of another version of the contract, and with `signal.reason` when aborted. A failing case rejects nothing: it is in
 * the summary.
 */
export async function runConformance(factory: BackendFactory, options: RunOptions = {}): Promise<ConformanceSummary> {
  validateOptions("runConformance", options, { ...conformanceKinds, onResult: "function", signal: "object" });
  const { cases = conformanceCases(), filter = () => true, timeout = defaultTimeout, onResult, signal } = options;
  const profile = profileOf(options.profile ?? "layers");
  const holder = new BackendHolder(factory);
  try {
    await holder.get();
    const results: ConformanceResult[] = [];
    for (const conformanceCase of cases.filter(filter)) {
      signal?.throwIfAborted();
      const result = await runCase(conformanceCase, holder, { timeout, profile });
      results.push(result);
      await onResult?.(result);
    }
    return summarize(results);
  } finally {
    holder.dispose();
  }
}
