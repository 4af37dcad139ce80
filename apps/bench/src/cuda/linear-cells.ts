import { findTimed } from "../report/find-outcome.ts";
import type { CUDARun, LinearCell } from "../results.ts";

/** What every speed is a multiple of: the best of what cuBLASLt proposes. */
export const baseline = "cublaslt-float16";

/** An arm of the linear layer. */
export interface CUDAArm {
  readonly id: string;
  readonly title: string;
  readonly library: "Octet" | "cuBLASLt" | "PyTorch";
}

export const cudaArms: readonly CUDAArm[] = [
  { id: "octet-float16", title: "W8A16", library: "Octet" },
  { id: "octet-int16", title: "int16", library: "Octet" },
  { id: "octet-int8", title: "int8", library: "Octet" },
  { id: baseline, title: "cuBLASLt float16", library: "cuBLASLt" },
  { id: "cublaslt-int8-raw", title: "cuBLASLt int8, raw", library: "cuBLASLt" },
  { id: "torch-float16", title: "torch float16", library: "PyTorch" },
  { id: "torch-int-mm", title: "torch _int_mm, raw", library: "PyTorch" },
  { id: "torch-int-mm-row-major", title: "torch _int_mm on [K, N], raw", library: "PyTorch" },
  { id: "torch-weight-int8pack-mm", title: "torch _weight_int8pack_mm", library: "PyTorch" },
];

export const octetArms: readonly CUDAArm[] = cudaArms.filter(({ library }) => library === "Octet");

/** Cells of the linear layer by shape "NxK". */
export function cellsByShape({ linear }: Pick<CUDARun, "linear">): Map<string, LinearCell[]> {
  return Map.groupBy(linear, ({ outFeatures, inFeatures }) => `${outFeatures}x${inFeatures}`);
}

/** The median of an arm in µs; undefined where it was not timed. */
export function microsecondsOf(cell: Pick<LinearCell, "arms"> | undefined, arm: string): number | undefined {
  const median = findTimed(cell, arm)?.repeated.median;
  return median && 1000 * median;
}

/** How many times as fast as another an arm is; undefined where one of them was not timed. */
export function speedOver(cell: LinearCell | undefined, arm: string, other: string = baseline): number | undefined {
  const own = microsecondsOf(cell, arm);
  const its = microsecondsOf(cell, other);
  return own && its && its / own;
}
