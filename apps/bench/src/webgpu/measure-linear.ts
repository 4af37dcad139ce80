import { faultOf, measureError } from "../check-product.ts";
import { type LinearProblem, makeLinearProblem } from "../linear-problem.ts";
import type { LinearCell } from "../results.ts";
import { libraries } from "./libraries/index.ts";
import type { OpenWebGPULibrary, WebGPULibrary } from "./libraries/library.ts";
import type { SharedDevice } from "./shared-device.ts";
import { checkJob } from "./timing/check-job.ts";
import { clocksOf, disposeJobs, type JobCandidate, type JobTiming, timeJobs } from "./timing/time-jobs.ts";

export interface LayerOptions {
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly rows: readonly number[];
  readonly seed: number;
}

/** A library with the weights of a problem on the device; the promise is rejected where it could not load them. */
interface Opening {
  readonly library: WebGPULibrary;
  readonly opened: Promise<OpenWebGPULibrary>;
}

/** Checks every arm of every library in a layer, with each number of rows, then times those that are right by each clock. */
export async function measureLinear(
  { outFeatures, inFeatures, rows, seed }: LayerOptions,
  shared: SharedDevice,
  timing: JobTiming,
  onStep: (text: string) => void | Promise<void>,
): Promise<LinearCell[]> {
  const shape = `${outFeatures}x${inFeatures}`;
  await onStep(`load ${shape}`);
  const problem = makeLinearProblem(outFeatures, inFeatures, Math.max(...rows), seed);
  const openings: Opening[] = [];
  const cells: LinearCell[] = [];
  try {
    for (const library of libraries) {
      const opened = library.open(problem, shared);
      openings.push({ library, opened });
      await opened.catch(() => {}); // its arms will say so
    }
    for (const count of rows) {
      await onStep(`linear ${shape}, M = ${count}`);
      const candidates = await checkArms(openings, problem, count, shared.device);
      for (const clock of clocksOf(shared.device)) {
        const arms = await timeJobs(candidates, clock, timing, count);
        cells.push({ outFeatures, inFeatures, rows: count, clock, arms });
      }
      disposeJobs(candidates);
    }
  } finally {
    for (const { opened } of openings) {
      await opened.then(
        (library) => library.close(),
        () => {},
      );
    }
  }
  return cells;
}

async function checkArms(
  openings: readonly Opening[],
  { activations, expected, inFeatures, outFeatures }: LinearProblem,
  rows: number,
  { features }: GPUDevice,
): Promise<JobCandidate[]> {
  const x = activations.subarray(0, rows * inFeatures);
  const wanted = expected.subarray(0, rows * outFeatures);
  const candidates: JobCandidate[] = [];
  for (const { library, opened } of openings) {
    for (const { id, title, tolerance, needs } of library.arms) {
      const name = { arm: id, library: library.name, title };
      if (needs !== undefined && !features.has(needs)) {
        const reason = `${title} needs ${needs}, which the adapter lacks`;
        candidates.push({ name, untimed: { status: "unavailable", reason } });
        continue;
      }
      const start = async () => await (await opened).start(id, x, rows);
      const candidate = await checkJob(name, start, async (job) => {
        const error = measureError(await job.read(), wanted);
        const fault = faultOf(error, tolerance);
        return fault === undefined ? { error: Number(error.relative.toPrecision(3)) } : { fault };
      });
      candidates.push(candidate);
    }
  }
  return candidates;
}
