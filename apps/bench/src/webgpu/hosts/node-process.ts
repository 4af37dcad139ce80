/**
 * Measures on Dawn for Node, in a process of its own. Its one argument is a PlanRequest as JSON. A parent hears of steps and gets the run
 * by message; without one, results are printed as JSON.
 */
import { describeMachine } from "../../machine.ts";
import type { WebGPUResults, WebGPURun } from "../../results.ts";
import { settle } from "../../timing/settle.ts";
import { measure } from "../measure.ts";
import { choosePlan, type PlanRequest } from "../plan.ts";
import { openSharedDevice } from "../shared-device.ts";
import { installWebGPU } from "./install-webgpu.ts";

export type NodeMessage = { readonly step: string; readonly done: number } | { readonly run: WebGPURun };

const request: PlanRequest = JSON.parse(process.argv[2] ?? '{ "quick": false }');
const machine = describeMachine();
const shared = await openSharedDevice(installWebGPU());
const plan = choosePlan(request, shared.adapter);
const run = await measure(shared, plan, {
  name: `Node ${process.versions.node} with Dawn`,
  settle,
  async onStep(step, done) {
    if (process.send) await send({ step, done });
    else console.error(step);
  },
});
if (process.send) await send({ run });
else console.log(JSON.stringify(resultsOf(run)));
process.exit(); // Dawn goes on polling

function resultsOf(run: WebGPURun): WebGPUResults {
  return { schema: 2, date: new Date().toISOString(), quick: plan.quick, machine, runs: [run] };
}

function send(message: NodeMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send!(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
