import { join } from "node:path";
import { missingCapability, unpackChromium } from "./unpack.ts";

/**
 * The environment in which Vulkan, and with it Dawn for Node, finds SwiftShader, a device that is a program on the CPU, and nothing else.
 * To be given to a process at its start: the loader of libraries reads it then. Empty where Chromium is missing; Dawn then finds what
 * the system has.
 */
export async function swiftShaderEnvironment(): Promise<Record<string, string>> {
  if (missingCapability !== undefined) return {};
  const { folder } = await unpackChromium();
  return {
    LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
    VK_DRIVER_FILES: join(folder, "vk_swiftshader_icd.json"),
    XDG_RUNTIME_DIR: folder,
  };
}
