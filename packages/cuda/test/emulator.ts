import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Whether these are the tests of `pnpm test:sanitized`. */
export const isSanitized: boolean = process.env.OCTET_CUDA === "sanitized";

const build = isSanitized ? "sanitized" : "emulated";

/** The emulated addon, where a C++ compiler was there to build it. */
export const emulatorPath: string = fileURLToPath(
  new URL(`../build/${build}/Release/octet_cuda.node`, import.meta.url),
);

/** Whether the tests of kernels have nothing to run on: `pnpm build` has said why. */
export const emulatorMissing: boolean = !existsSync(emulatorPath);

/** What tests call of the emulated addon, below the backend. */
export interface EmulatedAddon {
  readonly Device: new (index: unknown) => Record<string, (...args: unknown[]) => unknown>;
  configureEmulator(seed: number, earlyCopies: boolean): void;
  runPlantedBug(name: string): string;
  /** Bytes of the process: of the device, pinned, and the most pinned since the last call. */
  emulatedMemory(): { readonly device: number; readonly pinned: number; readonly mostPinned: number };
  /** The next call of a function of CUDA's that gives something back fails on this thread. */
  failNextCall(name: string): void;
  takeCleanupFailure(): string;
}

export function loadEmulator(): EmulatedAddon {
  return createRequire(import.meta.url)(emulatorPath);
}
