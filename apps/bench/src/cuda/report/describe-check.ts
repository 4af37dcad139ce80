import { formatNumber } from "../../report/format.ts";
import type { CUDAResults, CUDARun, LinearCell, Outcome, Timed } from "../../results.ts";
import { octetArms } from "../linear-cells.ts";

/** The GPU, its host and the libraries, in a few sentences. */
export function describeGPU({ date, machine, runs: [{ gpu, versions }] }: CUDAResults): string {
  const { name, capability, multiprocessors, l2Bytes, memoryBytes, driverVersion, cublasLtVersion } = gpu;
  const parts = [
    `${name} with ${formatNumber(memoryBytes / 1e9)} GB`,
    `compute capability ${(capability / 10).toFixed(1)}`,
    `${multiprocessors} multiprocessors`,
    `${formatNumber(l2Bytes / 2 ** 20)} MiB of L2`,
  ];
  const software = [
    ...(machine.driver === undefined ? [] : [`Driver ${machine.driver}`]),
    `CUDA ${versionOf(driverVersion, 1000)}`,
    cublasLtVersion === undefined ? "no cuBLASLt" : `cuBLASLt ${versionOf(cublasLtVersion, 10000)}`,
    versions.torch === undefined ? "no PyTorch" : `PyTorch ${versions.torch}`,
  ];
  const host = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  return [parts.join(", "), software.join(", "), host, date.slice(0, 10)].map((sentence) => `${sentence}.`).join(" ");
}

/** 13010 over 1000 is "13.1" where minor versions are tens. */
const versionOf = (number: number, major: number): string =>
  `${Math.floor(number / major)}.${Math.floor((number % major) / (major / 100))}`;

/** What the GPU can do at most, as this run measured it. */
export function describeCeilings({ ceilings }: Pick<CUDARun, "ceilings">): string {
  const { copyGigabytesPerSecond: copy, readGigabytesPerSecond: read, float16TeraflopsPerSecond: product } = ceilings;
  const known = [
    copy && `copies ${formatNumber(copy)} GB/s (read and written)`,
    read && `reads ${formatNumber(read)} GB/s`,
    product && `a large float16 product by cuBLASLt ${formatNumber(product)} TFLOP/s`,
  ];
  return `Ceilings in this run: ${known.filter(Boolean).join(", ")}.`;
}

/** How far times were spread and how far results were from those of cuBLASLt, at most. */
export function describeDoubt({ linear, memory }: Pick<CUDARun, "linear" | "memory">): string {
  const timed = (cells: readonly Pick<LinearCell, "arms">[], arm?: string) =>
    cells.flatMap(({ arms }) => arms.filter((outcome) => arm === undefined || outcome.arm === arm)).filter(isTimed);
  const spreads = timed([...linear, ...memory]).flatMap(({ repeated }) => repeated.spread ?? []);
  spreads.sort((a, b) => a - b);
  const errors = octetArms.flatMap(({ id, title }) => {
    const found = timed(linear, id).flatMap(({ error }) => error ?? []);
    return found.length === 0 ? [] : [`${title} ${Math.max(...found).toExponential(1)}`];
  });
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  return (
    `From the 10th to the 90th percentile, times spread by ${percent(spreads[spreads.length >> 1] ?? 0)} of the median in half of all cases, ` +
    `and by ${percent(spreads.at(-1) ?? 0)} at most. Results differ from cuBLASLt's float16, relatively, by at most: ${errors.join(", ")}.`
  );
}

const isTimed = (outcome: Outcome): outcome is Outcome & Timed => outcome.status === "timed";
