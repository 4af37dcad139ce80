import { OctetError } from "@octet/core";

const library = "libvulkan.so.1";

/**
 * Makes sure that Linux has a Vulkan loader, on which Dawn for Node rests there: without one Dawn writes a warning to stderr, which would
 * stand beside the error of whoever uses this backend. The dynamic linker is asked itself, since only it knows where it looks: it refuses
 * a library that is not there in other words than one that is there and is not a Node addon.
 * @throws OctetError `ERR_UNAVAILABLE`
 */
export function requireVulkanLoader(): void {
  const { process } = globalThis as unknown as { process: NodeProcess };
  if (process.platform !== "linux") return;
  try {
    process.dlopen({ exports: {} }, library);
  } catch (cause) {
    if (!String(cause).includes("cannot open shared object file")) return;
    throw new OctetError(
      "ERR_UNAVAILABLE",
      `there is no Vulkan loader (${library}), through which WebGPU reaches a GPU on Linux: install the GPU's driver, or libvulkan1`,
      { cause },
    );
  }
}

interface NodeProcess {
  readonly platform: string;
  dlopen(module: { exports: object }, path: string): void;
}
