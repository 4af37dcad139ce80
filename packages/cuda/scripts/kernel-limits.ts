import type { KernelUse } from "./kernel-report.ts";
import { machineCode } from "./supported-systems.ts";

/** Registers that a thread may use, so that as many blocks fit on a multiprocessor as the kernel was laid out for; the first that fits counts. */
const caps: readonly { readonly kernel: RegExp; readonly registers: number }[] = [
  { kernel: /quantize_rows|_columns/, registers: 128 },
  { kernel: /linear_few/, registers: 128 },
  { kernel: /linear_many/, registers: 255 },
  // At the launch; warps give and take registers then.
  { kernel: /linear_wide/, registers: 168 },
  { kernel: /multiply_once/, registers: 255 },
  { kernel: /./, registers: 96 },
];

/** Fewer kernels than this are not all of them. */
const fewestKernels = 40;

/**
 * What is wrong with kernels as ptxas saw them: spills, lost overlap, too many registers, too few kernels. "release": also whether each architecture
 * has its machine code.
 */
export function findKernelDefects(uses: readonly KernelUse[], kind: "local" | "release"): string[] {
  const architectures = Map.groupBy(uses, ({ architecture }) => architecture);
  const wanted = kind === "release" ? machineCode.map((name) => `sm_${name}`) : [];
  const kernels = new Set(uses.map(({ kernel }) => kernel));
  return [
    ...(kernels.size < fewestKernels
      ? [`ptxas reported on ${kernels.size} kernels, and there are ${fewestKernels} at least`]
      : []),
    ...wanted.filter((name) => !architectures.has(name)).map((name) => `no kernel was compiled for ${name}`),
    ...uses.flatMap((use) => kernelDefect(use) ?? []),
  ];
}

function kernelDefect({ kernel, architecture, registers, spillBytes, serialized }: KernelUse): string | undefined {
  const most = caps.find((cap) => cap.kernel.test(kernel))!.registers;
  if (spillBytes > 0) return `${kernel} spills ${spillBytes} bytes on ${architecture}`;
  if (serialized) return `${kernel} has operations that wait for each other on ${architecture}`;
  if (registers > most)
    return `${kernel} takes ${registers} registers on ${architecture}, and its launch leaves it ${most}`;
  return undefined;
}
