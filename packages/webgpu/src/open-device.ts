import { OctetError } from "@octet/core";
import { requireVulkanLoader } from "./vulkan-loader.ts";

export interface OpenOptions {
  readonly powerPreference?: GPUPowerPreference;
  readonly forceFallbackAdapter?: boolean;
  readonly gpu?: GPU;
}

export interface OpenedDevice {
  readonly gpu: GPU;
  readonly device: GPUDevice;
}

/** Limits that the backend asks for in full, as large as the adapter has them. */
const limits = ["maxBufferSize", "maxStorageBufferBindingSize"] as const;

/**
 * Finds WebGPU, an adapter and a device with the adapter's limits.
 * @throws OctetError `ERR_UNAVAILABLE` saying which of them is missing
 */
export async function openDevice({ gpu: given, ...options }: OpenOptions): Promise<OpenedDevice> {
  const gpu = given ?? (await findGPU());
  const adapter = await requestAdapter(gpu, options);
  if (adapter === null) {
    throw new OctetError(
      "ERR_UNAVAILABLE",
      "WebGPU is there and has no adapter: it found no GPU with a driver that it accepts, or is switched off for this one",
    );
  }
  try {
    const device = await adapter.requestDevice({
      label: "octet",
      requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
      requiredFeatures: adapter.features.has("subgroups") ? ["subgroups"] : [],
    });
    return { gpu, device };
  } catch (cause) {
    throw new OctetError("ERR_UNAVAILABLE", `the adapter gave no device: ${String(cause)}`, { cause });
  }
}

async function requestAdapter(gpu: GPU, options: GPURequestAdapterOptions): Promise<GPUAdapter | null> {
  try {
    return await gpu.requestAdapter(options);
  } catch (cause) {
    throw new OctetError("ERR_UNAVAILABLE", `WebGPU failed to look for an adapter: ${String(cause)}`, { cause });
  }
}

/** The entry to WebGPU: the browser's (Deno's too), else that of the npm package `webgpu`. */
export async function findGPU(): Promise<GPU> {
  const { navigator } = globalThis as { navigator?: { gpu?: GPU } };
  if (navigator?.gpu) return navigator.gpu;
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node !== undefined) {
    nodeGPU ??= loadNodeGPU();
    return nodeGPU;
  }
  const insecure = (globalThis as { isSecureContext?: boolean }).isSecureContext === false;
  throw new OctetError(
    "ERR_UNAVAILABLE",
    insecure
      ? "navigator.gpu is missing because the page is not a secure context: serve it over https, or from localhost"
      : "navigator.gpu is missing: this browser has no WebGPU, or it is switched off",
  );
}

/** Dawn's entry point. It is kept for the life of the process: if it is collected while a device lives, the process aborts. */
let nodeGPU: Promise<GPU> | undefined;

async function loadNodeGPU(): Promise<GPU> {
  // Not a literal: browsers' bundlers would look for a package that only Node needs.
  const name = "webgpu";
  try {
    const { create } = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    requireVulkanLoader();
    return create([]);
  } catch (cause) {
    nodeGPU = undefined;
    if (OctetError.isInstance(cause)) throw cause;
    throw new OctetError("ERR_UNAVAILABLE", `Node has no WebGPU of its own: npm install webgpu (${String(cause)})`, {
      cause,
    });
  }
}
