import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findKernelDefects } from "../scripts/kernel-limits.ts";
import { type KernelUse, parseKernelReport, readKernelReport } from "../scripts/kernel-report.ts";
import { machineCode } from "../scripts/supported-systems.ts";

const path = new URL("../build/cuda/kernels.json", import.meta.url);

const words = `ptxas info    : Compiling entry function '_Z1fv' for 'sm_90'
ptxas info    : Function properties for _Z1fv
    8 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads
ptxas info    : Used 40 registers, used 1 barriers
`;
const use: KernelUse = {
  kernel: "_Z1fv",
  architecture: "sm_90",
  registers: 40,
  stackBytes: 8,
  spillBytes: 16,
  serialized: false,
};

test("the words of ptxas are understood", () => {
  expect(parseKernelReport(words)).toEqual([use]);
});

test("what ptxas could not let overlap is found", () => {
  const potentialLoss = `ptxas info    : (C7513) Potential Performance Loss: wgmma.mma_async instructions are serialized due to a reason in the function '_Z1fv'\n`;
  expect(parseKernelReport(potentialLoss + words)).toEqual([{ ...use, serialized: true }]);
});

test("a report holds the kernels of every object, and none of sources that are gone", () => {
  const folder = mkdtempSync(join(tmpdir(), "octet-cuda-"));
  try {
    const objects = join(folder, "build/CMakeFiles/some.dir/native");
    for (const made of [objects, join(folder, "native")]) mkdirSync(made, { recursive: true });
    for (const name of ["a", "gone"]) {
      writeFileSync(join(objects, `${name}.cu.o`), "");
      writeFileSync(join(objects, `${name}.cu.o.words`), words.replace("_Z1fv", `_Z${name}`));
    }
    writeFileSync(join(folder, "native/a.cu"), "");
    // A compiler that failed leaves words and no object.
    writeFileSync(join(folder, "native/failed.cu"), "");
    writeFileSync(join(objects, "failed.cu.o.words"), words);
    expect(readKernelReport(join(folder, "build"), folder)).toEqual([{ ...use, kernel: "_Za" }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("spills, waiting, greed and gaps are defects", () => {
  const fine = Array.from({ length: 40 }, (_, i) => ({ ...use, kernel: `_Z${i}f`, spillBytes: 0 }));
  expect(findKernelDefects(fine, "local")).toEqual([]);
  expect(findKernelDefects([], "local")).toEqual([expect.stringMatching(/on 0 kernels/)]);
  expect(findKernelDefects([...fine, use], "local")).toEqual([expect.stringMatching(/_Z1fv spills 16 bytes on sm_90/)]);
  const waiting = { ...use, spillBytes: 0, serialized: true };
  expect(findKernelDefects([...fine, waiting], "local")).toEqual([
    expect.stringMatching(/_Z1fv .* wait for each other/),
  ]);
  const greedy = { ...use, spillBytes: 0, registers: 97 };
  expect(findKernelDefects([...fine, greedy], "local")).toEqual([expect.stringMatching(/takes 97 registers/)]);
  expect(findKernelDefects(fine, "release")).toHaveLength(machineCode.length - 1);
});

test.skipIf(!existsSync(path))(
  "no kernel spills or waits for itself, none takes more registers than its launch leaves it",
  () => {
    expect(findKernelDefects(JSON.parse(readFileSync(path, "utf8")), "local")).toEqual([]);
  },
);
