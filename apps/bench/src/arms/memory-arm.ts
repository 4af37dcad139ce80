import type { MemoryProblem } from "../memory/memory-problem.ts";
import type { MemoryJob } from "./job.ts";

/** One way to quantize or dequantize a matrix in a place, or to copy it, which is what either is compared with. */
export interface MemoryArm<Place> {
  /** Unique among the arms of a job, and stable. */
  readonly id: string;
  readonly library: string;
  readonly title: string;
  /** Bytes that a call has to read and write, for each element. */
  readonly bytesPerElement: number;
  /** @throws OctetError `ERR_UNAVAILABLE` where it does not run there */
  start(problem: MemoryProblem, place: Place): Promise<MemoryJob>;
}

/** float32 in, int8 out; the scales are too few to count. */
export const quantizeBytes = 5;
export const dequantizeBytes = 5;
/** float32 in, float32 out. */
export const copyBytes = 8;
