import { OctetError } from "@octet/core";
import type { PlatformReport } from "./addon.ts";

/**
 * Whether a GPU of this compute capability (90 is 9.0) runs machine code or PTX of these architectures, as CMake writes them: "90" is both,
 * "90-real" machine code, "90-virtual" PTX. Machine code runs on GPUs of its major version and no lower minor one, PTX on later ones too,
 * and what ends in a letter is for one GPU. Source: CUDA C++ Programming Guide, "Binary Compatibility" and "PTX Compatibility".
 */
export function runsOn(capability: number, architectures: readonly string[]): boolean {
  return architectures.some((architecture) => {
    const parts = /^(\d+)([a-z]?)(-real|-virtual)?$/.exec(architecture);
    // "native", "all": CMake knows what these were, and the driver will say.
    if (parts === null) return true;
    const [wanted, letter, kind] = [Number(parts[1]), parts[2]!, parts[3]];
    if (letter === "a") return capability === wanted;
    const sameMajor = Math.floor(capability / 10) === Math.floor(wanted / 10);
    if (kind === "-real" || letter !== "") return sameMajor && capability >= wanted;
    return capability >= wanted;
  });
}

/** @throws OctetError `ERR_UNAVAILABLE` where the addon holds nothing that the device could run */
export function checkMachineCode(platform: PlatformReport, index: number): void {
  const capability = platform.capabilities[index]!;
  const architectures = platform.machineCode.split(" ").filter((name) => name !== "");
  if (architectures.length === 0 || runsOn(capability, architectures)) return;
  const advice = capability < 80 ? "a GPU of compute capability 8.0 or later is needed" : "build it for this GPU";
  throw new OctetError(
    "ERR_UNAVAILABLE",
    `device ${index} has compute capability ${dotted(capability)}, and the addon holds code for ${architectures.join(", ")}: ${advice} (${describeVersions(platform)})`,
  );
}

/** What was found of CUDA, for messages. */
export function describeVersions({ driverVersion, runtimeVersion }: PlatformReport): string {
  const driver = driverVersion === 0 ? "no driver" : `a driver for CUDA ${formatVersion(driverVersion)}`;
  return `found ${driver}, the runtime is CUDA ${formatVersion(runtimeVersion)}`;
}

/** "13.0" of 13000. */
export function formatVersion(version: number): string {
  return `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;
}

/** "9.0" of 90. */
function dotted(capability: number): string {
  return `${Math.floor(capability / 10)}.${capability % 10}`;
}
