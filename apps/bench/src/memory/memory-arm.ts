import type { MemoryProblem } from "./memory-problem.ts";

/** One way to quantize or dequantize a matrix, or to copy it, which is what either is compared with. */
export interface MemoryArm {
  /** Unique among the arms of a job, and stable. */
  readonly id: string;
  readonly library: string;
  readonly title: string;
  /** Bytes that a call has to read and write, for each element. */
  readonly bytesPerElement: number;
  open(problem: MemoryProblem, threads: number): Promise<OpenMemoryArm>;
}

export interface OpenMemoryArm {
  call(): Promise<void>;
  /** Why the result of the last call is wrong; undefined where it is right. */
  findFault(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** float32 in, int8 out; the scales are too few to count. */
export const quantizeBytes = 5;
export const dequantizeBytes = 5;
/** float32 in, float32 out. */
export const copyBytes = 8;
