import type { ArmTime, BenchCell, CUDACheck } from "./results.ts";

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

/** Cells of the bench with what PyTorch took beside it, by shape "NxK". */
export function cellsByShape({ bench, torch }: CUDACheck): Map<string, BenchCell[]> {
  const cells = bench.linear.map((cell) => {
    const beside = torch?.linear.find(({ n, k, m }) => n === cell.n && k === cell.k && m === cell.m);
    return { ...cell, arms: [...cell.arms, ...(beside?.arms ?? [])] };
  });
  return Map.groupBy(cells, ({ n, k }) => `${n}x${k}`);
}

export const findArm = ({ arms }: Pick<BenchCell, "arms">, id: string): ArmTime | undefined =>
  arms.find(({ name }) => name === id);

/** How many times as fast as another an arm is; undefined where one of them was not timed. */
export function speedOver(cell: BenchCell | undefined, arm: string, other: string = baseline): number | undefined {
  if (cell === undefined) return undefined;
  const own = findArm(cell, arm)?.microseconds;
  const its = findArm(cell, other)?.microseconds;
  return own && its && its / own;
}
