import type { LinearCell, MemoryCell, WebGPURun } from "../results.ts";
import { measureLinear } from "./measure-linear.ts";
import { measureQuantize } from "./measure-quantize.ts";
import type { WebGPUPlan } from "./plan.ts";
import type { SharedDevice } from "./shared-device.ts";
import { clocksOf } from "./timing/time-jobs.ts";
import { versionsOfPeers } from "./versions.ts";

/** What a page and a process do differently. */
export interface Place {
  readonly name: string;
  /** Resolves when nothing that an earlier call left running disturbs the next one. */
  settle(): Promise<void>;
  /** Hears what begins, and which share of the steps is done. */
  onStep(text: string, done: number): void | Promise<void>;
}

/** Measures a plan on a device, in a page or a process. */
export async function measure(shared: SharedDevice, plan: WebGPUPlan, place: Place): Promise<WebGPURun> {
  const { shapes, rows, quantizeShape, jobs, effort } = plan;
  const timing = { device: shared.device, settle: place.settle, jobs, effort };
  const steps = shapes.length * (1 + rows.length) + 1;
  let step = 0;
  const onStep = (text: string) => place.onStep(text, step++ / steps);
  const linear: LinearCell[] = [];
  for (const [index, [outFeatures, inFeatures]] of shapes.entries()) {
    linear.push(...(await measureLinear({ outFeatures, inFeatures, rows, seed: 2 * index }, shared, timing, onStep)));
  }
  const memory: MemoryCell[] = await measureQuantize(quantizeShape, shared, timing, onStep);
  return {
    platform: "webgpu",
    place: place.name,
    adapter: shared.adapter,
    versions: versionsOfPeers,
    jobs,
    clocks: clocksOf(shared.device),
    linear,
    memory,
  };
}
