import { OctetError } from "@octet/core";
import type { AdapterDescription } from "../results.ts";

/** The one device that all arms of a run share, so that what differs between them is their code alone. */
export interface SharedDevice {
  readonly gpu: GPU;
  readonly device: GPUDevice;
  readonly adapter: AdapterDescription;
}

/** What some arm can use, where the adapter offers it; TypeScript does not know the last one, which is an experiment of Chromium's. */
const features = ["timestamp-query", "shader-f16", "subgroups", "chromium-experimental-subgroup-matrix"];

/** All that onnxruntime-web and tfjs ask for when they make a device of their own. */
const limits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** @throws OctetError `ERR_UNAVAILABLE` where there is no WebGPU, or no adapter */
export async function openSharedDevice(gpu: GPU | undefined): Promise<SharedDevice> {
  if (gpu === undefined) throw new OctetError("ERR_UNAVAILABLE", "navigator.gpu is missing: there is no WebGPU here");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new OctetError("ERR_UNAVAILABLE", "WebGPU is there and has no adapter");
  const device = await adapter.requestDevice({
    label: "bench",
    requiredFeatures: features.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
    requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
  });
  return { gpu, device, adapter: describe(gpu, adapter, device) };
}

function describe(gpu: GPU, { info }: GPUAdapter, device: GPUDevice): AdapterDescription {
  const { vendor, architecture, device: name, description, isFallbackAdapter } = info;
  const names = [vendor, architecture, name, description].join(" ");
  return {
    vendor,
    architecture,
    device: name,
    description,
    // Not every implementation says so of itself.
    software: isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(names),
    features: features.filter((feature) => device.features.has(feature)),
    languageFeatures: [...gpu.wgslLanguageFeatures].filter((feature) => feature.startsWith("packed_4x8")),
  };
}
