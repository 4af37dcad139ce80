import { formatNumber } from "../../report/format.ts";
import { octetArms } from "../linear-cells.ts";
import type { CUDACheck } from "../results.ts";

/** The GPU, its host and the libraries, in a few sentences. */
export function describeGPU({ check, bench, torch }: CUDACheck): string {
  const { name, capability, multiprocessors, l2Bytes, memoryBytes, cublasLtVersion } = bench.device;
  const { machine, date } = check;
  const gpu = [
    `${name} with ${formatNumber(memoryBytes / 1e9)} GB`,
    `compute capability ${(capability / 10).toFixed(1)}`,
    `${multiprocessors} multiprocessors`,
    `${formatNumber(l2Bytes / 2 ** 20)} MiB of L2`,
  ];
  const software = [
    ...(machine?.driver === undefined ? [] : [`Driver ${machine.driver}`]),
    `CUDA ${versionOf(check.report.driverVersion, 1000)}`,
    cublasLtVersion === undefined ? "no cuBLASLt" : `cuBLASLt ${versionOf(cublasLtVersion, 10000)}`,
    torch === undefined ? "no PyTorch" : `PyTorch ${torch.versions.torch}`,
  ];
  const host = machine && `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  return [gpu.join(", "), software.join(", "), host, date?.slice(0, 10)]
    .filter((sentence) => sentence !== undefined)
    .map((sentence) => `${sentence}.`)
    .join(" ");
}

/** 13010 over 1000 is "13.1" where minor versions are tens. */
const versionOf = (number: number, major: number): string =>
  `${Math.floor(number / major)}.${Math.floor((number % major) / (major / 100))}`;

/** What the GPU can do at most, as this run measured it. */
export function describeCeilings({ bench: { ceilings } }: CUDACheck): string {
  const { copyGigabytesPerSecond: copy, readGigabytesPerSecond: read, float16TeraflopsPerSecond: product } = ceilings;
  const known = [
    copy && `copies ${formatNumber(copy)} GB/s (read and written)`,
    read && `reads ${formatNumber(read)} GB/s`,
    product && `a large float16 product by cuBLASLt ${formatNumber(product)} TFLOP/s`,
  ];
  return `Ceilings in this run: ${known.filter(Boolean).join(", ")}.`;
}

/** How far times were spread and how far results were from those of cuBLASLt, at most. */
export function describeDoubt({ bench: { linear, elementwise } }: CUDACheck): string {
  const arms = [...linear, ...elementwise].flatMap((cell) => cell.arms as readonly { spread?: number }[]);
  const spreads = arms.flatMap(({ spread }) => spread ?? []).sort((a, b) => a - b);
  const errors = octetArms.flatMap(({ id, title }) => {
    const found = linear.flatMap((cell) => cell.arms.flatMap(({ name, error }) => (name === id ? (error ?? []) : [])));
    return found.length === 0 ? [] : [`${title} ${Math.max(...found).toExponential(1)}`];
  });
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  return (
    `From the 10th to the 90th percentile, times spread by ${percent(spreads[spreads.length >> 1] ?? 0)} of the median in half of all cases, ` +
    `and by ${percent(spreads.at(-1) ?? 0)} at most. Results differ from cuBLASLt's float16, relatively, by at most: ${errors.join(", ")}.`
  );
}
