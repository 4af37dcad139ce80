import type { CPUResults, CPURun, LinearCell, MemoryCell, Outcome } from "../../src/results.ts";

/** An outcome of so many ms, quartiles 10% around. */
export function timed(arm: string, ms: number, facts: { bytes?: number; error?: number } = { error: 1e-7 }): Outcome {
  const summary = { median: ms, lower: 0.9 * ms, upper: 1.1 * ms, samples: 9 };
  const fresh = { median: 2 * ms, lower: 2 * ms, upper: 2 * ms, samples: 9 };
  return { arm, library: arm.split("-")[0], title: arm, status: "timed", ...facts, fresh, repeated: summary };
}

export function linearCell(rows: number, threads: number, arms: readonly Outcome[]): LinearCell {
  return { outFeatures: 4096, inFeatures: 4096, rows, clock: "wall", threads, arms };
}

export function memoryCell(job: MemoryCell["job"], threads: number, arms: readonly Outcome[]): MemoryCell {
  return { job, outFeatures: 4096, inFeatures: 4096, clock: "wall", threads, arms };
}

/** Results of a quiet machine with the given cells. */
export function resultsOf(linear: readonly LinearCell[], memory: readonly MemoryCell[]): CPUResults {
  return {
    schema: 2,
    date: "2026-01-02T03:04:05.000Z",
    quick: false,
    machine: {
      cpu: "Some CPU",
      cores: 2,
      memoryGiB: 8,
      platform: "linux x64",
      node: "26.0.0",
      v8: "14.0",
      load: [0, 0, 0],
    },
    runs: [{ platform: "cpu", place: "Node 26.0.0", versions: { peer: "1.2.3" }, clocks: ["wall"], linear, memory }],
  };
}

/** The one run of such results. */
export function runOf(linear: readonly LinearCell[], memory: readonly MemoryCell[]): CPURun {
  return resultsOf(linear, memory).runs[0];
}
