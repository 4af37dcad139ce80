import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { decompress, fillOnce } from "./cache.ts";
import { untar } from "./untar.ts";

const files = ["libvulkan.so.1", "libvk_swiftshader.so", "vk_swiftshader_icd.json"];

/**
 * The environment in which Vulkan finds SwiftShader, a device that is a program on the CPU, and nothing else: to be given to a process
 * at its start, since the loader of libraries reads it then. Unpacks SwiftShader from npm's Chromium, once per version. On other
 * systems than Linux on x64 the environment is empty, and Dawn finds the system's GPU.
 */
export function swiftShaderEnvironment(): Record<string, string> {
  if (process.platform !== "linux" || process.arch !== "x64") return {};
  const folder = fillOnce("swiftshader", (target) => {
    untar(decompress("swiftshader.tar.br"), target, (name) => files.includes(name));
    mkdirSync(join(target, "runtime"));
  });
  return {
    LD_LIBRARY_PATH: [folder, process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":"),
    VK_DRIVER_FILES: join(folder, "vk_swiftshader_icd.json"),
    XDG_RUNTIME_DIR: join(folder, "runtime"),
  };
}
