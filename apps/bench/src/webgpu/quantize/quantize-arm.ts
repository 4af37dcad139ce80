import type { MemoryProblem } from "../../memory/memory-problem.ts";
import type { QuantizeJob } from "../job.ts";
import type { SharedDevice } from "../shared-device.ts";

/** The arm that others are compared with. */
export const octetQuantizeId = "octet-webgpu";

/** One way to quantize a matrix, a scale per row, from the device's memory to the device's memory. */
export interface QuantizeArm {
  /** Unique and stable. */
  readonly id: string;
  readonly library: string;
  readonly title: string;
  /** What its scales may be off by, relatively. */
  readonly rounding: number;
  start(problem: MemoryProblem, shared: SharedDevice): Promise<QuantizeJob>;
}
