import { faultOf, measureError } from "../check-product.ts";
import { type LinearProblem, makeLinearProblem } from "../linear-problem.ts";
import { libraries } from "./libraries/index.ts";
import type { OpenWebGPULibrary, WebGPUArm } from "./libraries/library.ts";
import type { WebGPULinearCell } from "./results.ts";
import type { SharedDevice } from "./shared-device.ts";
import { clocksOf, type JobCandidate, type JobTiming, timeJobs } from "./timing/time-jobs.ts";

export interface LayerOptions {
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly rows: readonly number[];
  readonly seed: number;
}

/**
 * Checks every arm of every library in a layer, with each number of rows, then times those that are right by each clock. The check is the
 * first use of an arm, so that whatever it compiles is compiled before.
 */
export async function measureLinear(
  { outFeatures, inFeatures, rows, seed }: LayerOptions,
  shared: SharedDevice,
  timing: JobTiming,
  onStep: (text: string) => void,
): Promise<WebGPULinearCell[]> {
  const shape = `${outFeatures}x${inFeatures}`;
  onStep(`load ${shape}`);
  const problem = makeLinearProblem(outFeatures, inFeatures, Math.max(...rows), seed);
  await using opened = new AsyncDisposableStack();
  const arms: OpenArm[] = [];
  for (const library of libraries) {
    const open = opened.adopt(await library.open(problem, shared), (library) => library.close());
    for (const arm of library.arms) arms.push({ library: library.name, open, arm });
  }
  const cells: WebGPULinearCell[] = [];
  for (const count of rows) {
    onStep(`linear ${shape}, M = ${count}`);
    const candidates = await startJobs(arms, problem, count, shared.device);
    for (const clock of clocksOf(shared.device)) {
      const outcomes = await timeJobs(candidates, clock, timing, count);
      cells.push({ outFeatures, inFeatures, rows: count, clock, arms: outcomes });
    }
    for (const candidate of candidates) if ("job" in candidate) candidate.job.dispose();
  }
  return cells;
}

interface OpenArm {
  readonly library: string;
  readonly open: OpenWebGPULibrary;
  readonly arm: WebGPUArm;
}

async function startJobs(
  arms: readonly OpenArm[],
  { activations, expected, inFeatures, outFeatures }: LinearProblem,
  rows: number,
  device: GPUDevice,
): Promise<JobCandidate[]> {
  const x = activations.subarray(0, rows * inFeatures);
  const wanted = expected.subarray(0, rows * outFeatures);
  const candidates: JobCandidate[] = [];
  for (const { library, open, arm } of arms) {
    const { id, title, tolerance, needs } = arm;
    const name = { arm: id, library, title };
    if (needs !== undefined && !device.features.has(needs)) {
      candidates.push({ name, untimed: { status: "unavailable", reason: `the adapter has no ${needs}` } });
      continue;
    }
    const job = await open.start(id, x, rows);
    await job.enqueue();
    job.submit();
    const error = measureError(await job.read(), wanted);
    const fault = faultOf(error, tolerance);
    if (fault === undefined) {
      candidates.push({ name, job, facts: { error: Number(error.relative.toPrecision(3)) } });
    } else {
      job.dispose();
      candidates.push({ name, untimed: { status: "wrong", reason: fault } });
    }
  }
  return candidates;
}
