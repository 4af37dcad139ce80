import { setImmediate } from "node:timers/promises";
import {
  type ConformanceCase,
  type ConformanceSummary,
  conformanceCases,
  faults,
  formatSummary,
  type ProfileName,
  profileOf,
  runConformance,
  suspectFaults,
} from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import type { BackendFactory, BackendInfo } from "@octet/core";
import { findEntry } from "./backends/backend-entry.ts";
import { loadBackend } from "./backends/load-backend.ts";
import { importBackendModule, isModulePath } from "./backends/module-backend.ts";
import { UsageError } from "./errors.ts";
import { createIdFilter } from "./id-filter.ts";
import type { ConformanceJson } from "./json.ts";
import { untilAborted } from "./process/interruption.ts";
import { printJson, type Session } from "./session.ts";
import { withProgress } from "./terminal/progress.ts";
import { colorsFor, printable } from "./terminal/text.ts";

export interface ConformanceOptions {
  readonly backend: string;
  readonly profile: string;
  readonly golden?: string;
  readonly filter?: readonly string[];
  readonly json?: true;
}

/** Runs the suite, or the vectors of a manifest, against a backend and prints what came of it. */
export async function checkConformance(options: ConformanceOptions, session: Session): Promise<void> {
  const profile = findProfile(options.profile);
  const cases = await selectCases(options);
  const factory = await findFactory(options.backend);
  let info: BackendInfo | undefined;
  const letSignalsIn = createBreather();
  let done = 0;
  const summary = await withProgress(session, "count", (update) => {
    const running = runConformance(
      async () => {
        const backend = await factory();
        info ??= backend?.info; // a module may give anything; the suite refuses what is no backend
        return backend;
      },
      {
        cases,
        profile,
        signal: session.signal,
        async onResult({ id }) {
          done += 1;
          update({ label: id, done, total: cases.length });
          await letSignalsIn();
        },
      },
    );
    // A case may wait for a device that never answers.
    return untilAborted(running, session.signal);
  });
  if (summary.failed > 0) session.exitCode = 1;
  if (options.json) printJson(session, toJson(summary, info!, { profile, golden: options.golden }));
  else printSummary(summary, session);
}

async function selectCases({ golden, filter = [] }: ConformanceOptions): Promise<readonly ConformanceCase[]> {
  const all = golden === undefined ? conformanceCases() : await loadGoldenManifest(golden);
  const matches = createIdFilter(filter);
  const cases = all.filter(({ id }) => matches(id));
  if (filter.length > 0 && cases.length === 0)
    throw new UsageError(`--filter ${filter.join(" ")} matches none of the ${all.length} cases`);
  return cases;
}

function findProfile(name: string): ProfileName {
  try {
    return profileOf(name).name;
  } catch (error) {
    throw new UsageError(`--profile: ${(error as Error).message}`);
  }
}

async function findFactory(backend: string): Promise<BackendFactory> {
  if (isModulePath(backend)) return importBackendModule(backend);
  const entry = findEntry(backend);
  return () => loadBackend(entry);
}

function printSummary(summary: ConformanceSummary, { stdout, env }: Session): void {
  const colors = colorsFor(stdout, env);
  for (const { id, status, message } of summary.results) {
    if (status === "failed") stdout.write(`${colors.red("failed")}  ${printable(id)}: ${printable(message)}\n`);
    if (status === "unsupported") stdout.write(`${colors.yellow("skipped")} ${printable(id)}: ${printable(message)}\n`);
  }
  for (const fault of suspectFaults(summary.results)) stdout.write(`suspect ${fault}: ${faults[fault]}\n`);
  stdout.write(`${formatSummary(summary)}\n`);
}

function toJson(
  summary: ConformanceSummary,
  info: BackendInfo,
  { profile, golden }: { readonly profile: ProfileName; readonly golden: string | undefined },
): ConformanceJson {
  const { passed, failed, skipped } = summary;
  return {
    backend: { name: info.name, device: info.device, features: info.features },
    profile,
    golden: golden ?? null,
    results: summary.results.map(({ id, status, message }) => {
      return { id, status, message: status === "passed" ? null : message };
    }),
    passed,
    failed,
    skipped,
    suspects: suspectFaults(summary.results).map((fault) => ({ fault, description: faults[fault] })),
  };
}

/** Cases may run one after the other without the event loop turning: now and then it must, or no signal is ever heard. */
function createBreather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 50) return;
    await setImmediate();
    last = performance.now();
  };
}
