import { expect, test } from "vitest";
import type { PlatformReport } from "./addon.ts";
import { checkMachineCode, runsOn } from "./machine-code.ts";

const release = "80-real 86-real 89-real 90 100-real 120".split(" ");

test.each([
  [75, release, false],
  [80, release, true],
  [86, release, true],
  [87, release, true],
  [90, release, true],
  [100, release, true],
  [103, release, true],
  // By the PTX of 9.0.
  [110, release, true],
  [120, release, true],
  [121, release, true],
  [90, ["80-real"], false],
  [86, ["89-real"], false],
  [89, ["86-real"], true],
  [90, ["90a-real"], true],
  [100, ["90a"], false],
  [103, ["100f-real"], true],
  [120, ["90-virtual"], true],
  [80, ["90-virtual"], false],
  [75, ["native"], true],
] as const)("capability %i runs what is made for %j: %s", (capability, architectures, runs) => {
  expect(runsOn(capability, architectures)).toBe(runs);
});

const report: PlatformReport = {
  platform: "cuda",
  driverVersion: 13000,
  runtimeVersion: 13000,
  deviceCount: 2,
  capabilities: [90, 75],
  machineCode: "80-real 90",
  error: "",
};

test("a device that nothing is compiled for is refused with all that was found", () => {
  checkMachineCode(report, 0);
  expect(() => checkMachineCode(report, 1)).toThrow(expect.objectContaining({ code: "ERR_UNAVAILABLE" }));
  expect(() => checkMachineCode(report, 1)).toThrow(
    /device 1 has compute capability 7\.5.*80-real, 90: .*8\.0.*driver for CUDA 13\.0.*runtime is CUDA 13\.0/,
  );
});

test("the emulator runs anywhere", () => {
  checkMachineCode({ ...report, machineCode: "", capabilities: [0] }, 0);
});
