/** Measures on Dawn for Node, in a process of its own: its one argument is the plan as JSON, its messages are steps and the run. */
import { measure } from "../measure.ts";
import type { WebGPUPlan } from "../plan.ts";
import { openSharedDevice } from "../shared-device.ts";
import { installWebGPU, nodePlace } from "./node-place.ts";

const gpu = installWebGPU();
const shared = await openSharedDevice(gpu);
const plan: WebGPUPlan = JSON.parse(process.argv[2]);
const run = await measure(shared, plan, { ...nodePlace, onStep: (text) => console.error(text) });
for (const c of [...run.linear, ...run.quantize]) { console.log(c.clock, (c as any).rows); for (const a of c.arms) console.log("  ", a.arm.padEnd(36), a.status === "timed" ? [a.repeated.median, a.repeated.lower, a.repeated.upper, a.repeated.samples, a.error].join(" ") : a.reason); }
process.exit();
