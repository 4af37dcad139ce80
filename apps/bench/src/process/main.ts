/** A process of the bench: its one argument is the number of threads of every library in it. */

import { disposeJobs, type JobCandidate } from "../arms/check-job.ts";
import { checkMemoryArms } from "../arms/check-memory.ts";
import type { Threads } from "../arms/library.ts";
import { OpenLayer } from "../arms/open-layer.ts";
import { libraries } from "../libraries/index.ts";
import { makeLinearProblem } from "../linear-problem.ts";
import { memoryArms } from "../memory/index.ts";
import { makeMemoryProblem } from "../memory/memory-problem.ts";
import type { Outcome } from "../results.ts";
import type { Effort } from "../timing/interleave.ts";
import { timeCandidates } from "../timing/time-candidates.ts";
import type { Reply, Request, Requests } from "./requests.ts";
import { surroundingsOf } from "./surroundings.ts";

const threads: Threads = Number(process.argv[2]);
let layer: OpenLayer<Threads> | undefined;

const requests: Requests = {
  async openLayer({ outFeatures, inFeatures, mostRows, seed }) {
    layer = await OpenLayer.open(libraries, makeLinearProblem(outFeatures, inFeatures, mostRows, seed), threads);
  },
  async timeLayer(rows, effort) {
    return await time(await layer!.check(rows), effort, rows);
  },
  async closeLayer() {
    await layer?.close();
    layer = undefined;
  },
  async timeMemory({ job, outFeatures, inFeatures, seed }, effort) {
    const problem = makeMemoryProblem(outFeatures, inFeatures, seed);
    return await time(await checkMemoryArms(memoryArms[job], problem, threads), effort, seed);
  },
};

/** The seed decides the order of the rounds. */
async function time(candidates: readonly JobCandidate[], effort: Effort, seed: number): Promise<Outcome[]> {
  const outcomes = await timeCandidates(
    candidates.map((candidate) =>
      "job" in candidate ? { ...candidate, call: async () => await candidate.job.run() } : candidate,
    ),
    effort,
    surroundingsOf(seed),
  );
  await disposeJobs(candidates);
  return outcomes;
}

process.on("message", async ({ name, args }: Request) => {
  process.send!(await answer(name, args));
});

// Worker threads of a library would keep a process alive whose parent is gone.
process.on("disconnect", () => process.exit());

async function answer(name: keyof Requests, args: readonly unknown[]): Promise<Reply> {
  try {
    const request = requests[name] as (...args: readonly unknown[]) => Promise<unknown>;
    return { value: await request(...args) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
