import { readFile } from "node:fs/promises";
import { describeMachine } from "./machine.ts";
import type { Plan } from "./plan.ts";
import { ThreadProcess } from "./process/thread-process.ts";
import type { CPUResults, LinearCell, MemoryCell } from "./results.ts";

/** Libraries whose versions a reader needs to know. */
const peers = ["onnxruntime-web", "onnxruntime-node", "@tensorflow/tfjs-backend-wasm"];

/**
 * Measures a plan. For each shape and number of rows, the processes of all thread counts take their turn one after the other, so
 * that what is compared was measured within seconds. `onStep` hears what begins, and which share of the steps is done.
 */
export async function run(plan: Plan, onStep: (text: string, done: number) => void): Promise<CPUResults> {
  const machine = describeMachine();
  await using processes = new AsyncDisposableStack();
  const workers = plan.threads.map((threads) => processes.use(new ThreadProcess(threads)));
  const steps = workers.length * (plan.shapes.length * (1 + plan.rows.length) + 2);
  let step = 0;
  const begin = (text: string): void => onStep(text, step++ / steps);

  const linear: LinearCell[] = [];
  for (const [seed, [outFeatures, inFeatures]] of plan.shapes.entries()) {
    const shape = `${outFeatures}x${inFeatures}`;
    for (const worker of workers) {
      begin(`load ${shape}, threads: ${worker.threads}`);
      await worker.ask("openLayer", { outFeatures, inFeatures, mostRows: Math.max(...plan.rows), seed: 2 * seed });
    }
    for (const rows of plan.rows) {
      for (const worker of workers) {
        begin(`linear ${shape}, M = ${rows}, threads: ${worker.threads}`);
        const arms = await worker.ask("timeLayer", rows, plan.effort);
        linear.push({ outFeatures, inFeatures, rows, clock: "wall", threads: worker.threads, arms });
      }
    }
    for (const worker of workers) await worker.ask("closeLayer");
  }

  const memory: MemoryCell[] = [];
  const [outFeatures, inFeatures] = plan.memoryShape;
  for (const job of ["quantize", "dequantize"] as const) {
    for (const worker of workers) {
      begin(`${job} ${outFeatures}x${inFeatures}, threads: ${worker.threads}`);
      const arms = await worker.ask("timeMemory", { job, outFeatures, inFeatures, seed: 100 }, plan.effort);
      memory.push({ job, outFeatures, inFeatures, clock: "wall", threads: worker.threads, arms });
    }
  }
  const date = new Date().toISOString();
  const place = `Node ${machine.node}`;
  const versions = await versionsOfPeers();
  const measured = { platform: "cpu", place, versions, clocks: ["wall"], linear, memory } as const;
  return { schema: 2, date, quick: plan.quick, machine, runs: [measured] };
}

/** As pinned in the manifest: exact versions. */
async function versionsOfPeers(): Promise<Record<string, string>> {
  const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  return Object.fromEntries(peers.map((name) => [name, manifest.dependencies[name]]));
}
