import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The emulated addon, where a C++ compiler was there to build it. */
export const emulatorPath: string = fileURLToPath(
  new URL("../build/emulated/Release/octet_cuda.node", import.meta.url),
);

/** Whether the tests of kernels have nothing to run on: `pnpm build` has said why. */
export const emulatorMissing: boolean = !existsSync(emulatorPath);
