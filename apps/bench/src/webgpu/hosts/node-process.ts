/**
 * Measures on Dawn for Node, in a process of its own. Its one argument is a PlanRequest as JSON. A parent hears of steps and gets the run
 * by message; without one, the run is printed as JSON.
 */
import { settle } from "../../timing/settle.ts";
import { measure } from "../measure.ts";
import { choosePlan, type PlanRequest } from "../plan.ts";
import type { WebGPURun } from "../results.ts";
import { openSharedDevice } from "../shared-device.ts";
import { installWebGPU } from "./install-webgpu.ts";

export type NodeMessage = { readonly step: string; readonly done: number } | { readonly run: WebGPURun };

const request: PlanRequest = JSON.parse(process.argv[2] ?? '{ "quick": false }');
const shared = await openSharedDevice(installWebGPU());
const run = await measure(shared, choosePlan(request, shared.adapter), {
  name: `Node ${process.versions.node} with Dawn`,
  settle,
  async onStep(step, done) {
    if (process.send) await send({ step, done });
    else console.error(step);
  },
});
if (process.send) await send({ run });
else console.log(JSON.stringify(run, null, 2));
process.exit(); // Dawn goes on polling

function send(message: NodeMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send!(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
