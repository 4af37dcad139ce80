import { OctetError } from "@octet/core";
import type { Addon, PlatformReport } from "./addon.ts";
import { type CUDABackend, createNativeBackend } from "./cuda-backend.ts";
import { loadAddon, type Platform } from "./load-addon.ts";
import { callNative } from "./native-error.ts";

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
export async function createCUDABackend(options: CUDAOptions = {}): Promise<CUDABackend> {
  const { device: index = 0, emulated = softwarePlatforms.has(process.env.OCTET_CUDA ?? "") } = options;
  const addon = await loadAddon(emulated === false ? "cuda" : softwarePlatform());
  const platform = addon.describePlatform();
  if (platform.deviceCount === 0) throw noDevice(platform);
  if (!Number.isInteger(index) || index < 0 || index >= platform.deviceCount) {
    throw new OctetError(
      "ERR_UNAVAILABLE",
      `there is no CUDA device ${String(index)}; there are ${platform.deviceCount}, counted from 0`,
    );
  }
  if (emulated !== false) configure(addon, emulated === true ? {} : emulated);
  const device = callNative(() => new addon.Device(index));
  const { name, totalBytes, capability } = device.describe();
  return createNativeBackend(device, {
    name: "cuda",
    device: name,
    apiVersion: 1,
    maxTensorBytes: totalBytes,
    features:
      platform.platform === "emulated"
        ? ["software"]
        : [
            `sm_${capability}`,
            `driver=${version(platform.driverVersion)}`,
            `runtime=${version(platform.runtimeVersion)}`,
          ],
  });
}

const softwarePlatforms: ReadonlySet<string> = new Set(["emulated", "sanitized"]);

function softwarePlatform(): Platform {
  return process.env.OCTET_CUDA === "sanitized" ? "sanitized" : "emulated";
}

function configure(addon: Addon, { seed = 0, copies = "late" }: EmulatorOptions): void {
  addon.configureEmulator?.(seed, copies === "early");
}

function noDevice({ driverVersion, runtimeVersion, error }: PlatformReport): OctetError {
  const driver = driverVersion === 0 ? "no driver" : `a driver for CUDA ${version(driverVersion)}`;
  return new OctetError(
    "ERR_UNAVAILABLE",
    `no NVIDIA GPU can be used: found ${driver}, the runtime is CUDA ${version(runtimeVersion)}${error && ` (${error})`}; CUDA ${version(runtimeVersion)} needs a driver of version 580 or later and a GPU of compute capability 8.0 or later`,
  );
}

/** "13.0" of 13000. */
function version(number: number): string {
  return `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`;
}
