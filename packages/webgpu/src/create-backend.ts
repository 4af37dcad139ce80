import type { Backend } from "@octet/core";
import { type BackendDevice, WebGPUBackend } from "./backend.ts";
import { Device, type DeviceInternals } from "./device.ts";
import { findGPU, openDevice } from "./open-device.ts";
import { validateOptions, type WebGPUBackendOptions } from "./options.ts";
import type { ShaderFeatures } from "./shader.ts";

/**
 * Starts a WebGPU backend.
 * @throws OctetError `ERR_UNAVAILABLE` saying what is missing: WebGPU, an adapter, or a device; `ERR_UNSUPPORTED` for options that are
 * not an object, hold a value of the wrong kind, or have an unknown name
 */
export function createWebGPUBackend(options: WebGPUBackendOptions = {}): Promise<Backend> {
  return createBackend(options);
}

/** As `createWebGPUBackend`, with what tests change inside. */
export async function createBackend(
  options: WebGPUBackendOptions,
  internals: DeviceInternals = {},
): Promise<WebGPUBackend> {
  validateOptions(options);
  const { device: shared, withoutFeatures = [], ...open } = options;
  const { gpu, device } = shared
    ? { gpu: options.gpu ?? (await findGPU().catch(() => undefined)), device: shared }
    : await openDevice(open);
  const features: ShaderFeatures = {
    packedDot:
      gpu?.wgslLanguageFeatures?.has("packed_4x8_integer_dot_product") === true &&
      !withoutFeatures.includes("packed-dot"),
    subgroups: device.features.has("subgroups") && !withoutFeatures.includes("subgroups"),
    software: isSoftware(adapterInfoOf(device)),
  };
  return new WebGPUBackend({
    device: new Device(device, { ...features, software: internals.software ?? features.software }, internals),
    info: describe(device, features),
    release: shared ? () => {} : () => device.destroy(),
  });
}

/** Shaders count elements in 32 bits, of which codes have a byte each. */
const maxIndexedBytes = 2 ** 32 - 2 ** 16;

function describe(device: GPUDevice, { packedDot, subgroups, software }: ShaderFeatures): BackendDevice["info"] {
  const { vendor = "", architecture = "", description } = adapterInfoOf(device);
  // Some implementations have a number for the vendor, and no name.
  const names = [vendor, architecture].filter((name) => name !== "" && !/^\d+$/.test(name));
  const features = [packedDot && "packed-dot", subgroups && "subgroups", software && "software"].filter(
    (feature) => feature !== false,
  );
  return {
    name: "webgpu",
    device: names.length > 0 ? names.join("/") : description || "unknown GPU",
    maxTensorBytes: Math.min(device.limits.maxBufferSize, maxIndexedBytes),
    features,
  };
}

/** The device's info about its adapter; empty in older browsers. */
function adapterInfoOf({ adapterInfo }: { readonly adapterInfo?: GPUAdapterInfo }): Partial<GPUAdapterInfo> {
  return adapterInfo ?? {};
}

/** Whether the adapter is a program on the CPU. Not every implementation says so of itself. */
function isSoftware({
  isFallbackAdapter,
  vendor,
  architecture,
  device,
  description,
}: Partial<GPUAdapterInfo>): boolean {
  const names = [vendor, architecture, device, description].join(" ");
  return isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(names);
}
