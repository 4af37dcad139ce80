import { type Backend, OctetError } from "@octet/core";
import type { Addon, NativeDevice, PlatformReport } from "./addon.ts";
import { CUDABackend } from "./backend.ts";
import { loadAddon, type Platform } from "./load-addon.ts";
import { checkMachineCode, describeVersions, formatVersion } from "./machine-code.ts";
import { octetErrorOf } from "./native-error.ts";

/** How the emulator runs kernels. */
export interface EmulatorOptions {
  /** The order in which threads run; 0, the default, is that of their indices. */
  readonly seed?: number;
  /** When asynchronous copies land: "late", the default, as late as they may; "early" as soon as they are asked for. */
  readonly copies?: "early" | "late";
}

export interface CUDAOptions {
  /** The device, as CUDA counts them. Default: 0. */
  readonly device?: number;
  /** Runs the kernels on the CPU, slowly, for tests. Default: whether the environment variable OCTET_CUDA is "emulated" or "sanitized". */
  readonly emulated?: boolean | EmulatorOptions;
}

/**
 * Starts a backend on an NVIDIA GPU.
 * @throws OctetError `ERR_UNAVAILABLE` with what was tried and which versions of driver and runtime were found
 */
export async function createCUDABackend(options: CUDAOptions = {}): Promise<Backend> {
  const { device: index = 0, emulated = softwarePlatforms.has(process.env.OCTET_CUDA ?? "") } = options;
  const addon = await loadAddon(emulated === false ? "cuda" : softwarePlatform());
  warnOfCleanup(addon);
  const platform = addon.describePlatform();
  if (platform.deviceCount === 0) throw noDevice(platform);
  if (!Number.isInteger(index) || index < 0 || index >= platform.deviceCount) {
    throw new OctetError(
      "ERR_UNAVAILABLE",
      `there is no CUDA device ${String(index)}; there are ${platform.deviceCount}, counted from 0`,
    );
  }
  checkMachineCode(platform, index);
  if (emulated !== false) configure(addon, emulated === true ? {} : emulated);
  const device = openDevice(addon, index, platform);
  const { name, totalBytes, capability } = device.describe();
  return new CUDABackend(device, {
    name: "cuda",
    device: name,
    maxTensorBytes: totalBytes,
    features:
      platform.platform === "emulated"
        ? ["software"]
        : [
            `sm_${capability}`,
            `driver=${formatVersion(platform.driverVersion)}`,
            `runtime=${formatVersion(platform.runtimeVersion)}`,
          ],
  });
}

/** The failure has no call left to reject: the backend that met it was gone. */
function warnOfCleanup(addon: Addon): void {
  const failure = addon.takeCleanupFailure();
  if (failure === "") return;
  process.emitWarning(`a CUDA backend that ended could not give everything back: ${failure}`, {
    code: "OCTET_CUDA_CLEANUP",
    detail: "Its memory may stay taken until the process ends.",
  });
}

const softwarePlatforms: ReadonlySet<string> = new Set(["emulated", "sanitized"]);

function softwarePlatform(): Platform {
  return process.env.OCTET_CUDA === "sanitized" ? "sanitized" : "emulated";
}

function configure(addon: Addon, { seed = 0, copies = "late" }: EmulatorOptions): void {
  addon.configureEmulator?.(seed, copies === "early");
}

function openDevice(addon: Addon, index: number, platform: PlatformReport): NativeDevice {
  try {
    return new addon.Device(index);
  } catch (error) {
    const cause = octetErrorOf(error);
    if (!OctetError.isInstance(cause) || cause.code !== "ERR_UNAVAILABLE") throw cause;
    throw new OctetError("ERR_UNAVAILABLE", `${cause.message} (${describeVersions(platform)})`, { cause });
  }
}

function noDevice(platform: PlatformReport): OctetError {
  const runtime = formatVersion(platform.runtimeVersion);
  return new OctetError(
    "ERR_UNAVAILABLE",
    `no NVIDIA GPU can be used: ${describeVersions(platform)}${platform.error && ` (${platform.error})`}; CUDA ${runtime} needs a driver of version 580 or later and a GPU of compute capability 8.0 or later`,
  );
}
