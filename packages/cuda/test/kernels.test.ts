import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type KernelUse, parseKernelReport } from "../scripts/kernel-report.ts";

const path = new URL("../build/cuda/kernels.json", import.meta.url);

/** Registers that a thread may use, so that as many blocks fit on a multiprocessor as the kernel was laid out for. */
const caps: readonly { readonly kernel: RegExp; readonly registers: number }[] = [
  { kernel: /quantize_rows/, registers: 128 },
  { kernel: /linear_few/, registers: 128 },
  { kernel: /linear_many/, registers: 255 },
  // At the launch; warps give and take registers then.
  { kernel: /linear_wide/, registers: 168 },
  { kernel: /./, registers: 96 },
];

test("the words of ptxas are understood", () => {
  const words = `ptxas info    : Compiling entry function '_Z1fv' for 'sm_90'
ptxas info    : Function properties for _Z1fv
    8 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads
ptxas info    : Used 40 registers, used 1 barriers`;
  expect(parseKernelReport(words)).toEqual([
    { kernel: "_Z1fv", architecture: "sm_90", registers: 40, stackBytes: 8, spillBytes: 16, serialized: false },
  ]);
});

test("what ptxas could not let overlap is found", () => {
  const words = `ptxas info    : (C7513) Potential Performance Loss: wgmma.mma_async instructions are serialized due to a reason in the function '_Z1fv'
ptxas info    : Compiling entry function '_Z1fv' for 'sm_90a'
ptxas info    : Used 168 registers, used 2 barriers`;
  expect(parseKernelReport(words)).toMatchObject([{ kernel: "_Z1fv", architecture: "sm_90a", serialized: true }]);
});

test.skipIf(!existsSync(path))(
  "no kernel spills or waits for itself, none takes more registers than its launch leaves it",
  () => {
    const uses: KernelUse[] = JSON.parse(readFileSync(path, "utf8"));
    expect(uses.length).toBeGreaterThan(40);
    expect(uses.filter(({ spillBytes }) => spillBytes > 0)).toEqual([]);
    expect(uses.filter(({ serialized }) => serialized)).toEqual([]);
    const greedy = uses.filter(
      ({ kernel, registers }) => registers > caps.find((cap) => cap.kernel.test(kernel))!.registers,
    );
    expect(greedy).toEqual([]);
  },
);
