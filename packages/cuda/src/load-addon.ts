import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { OctetError } from "@octet/core";
import type { Addon } from "./addon.ts";

/** `sanitized` is the emulator with AddressSanitizer and UndefinedBehaviorSanitizer. */
export type Platform = "cuda" | "emulated" | "sanitized";

/** A place where the addon may be. */
interface Candidate {
  readonly what: string;
  /** The path of the .node file; throws where there is none. */
  readonly find: () => Promise<string>;
}

const require = createRequire(import.meta.url);

function localBuild(platform: Platform): Candidate {
  const path = fileURLToPath(new URL(`../build/${platform}/Release/octet_cuda.node`, import.meta.url));
  return { what: `the local build ${path}`, find: async () => path };
}

const binaryPackage: Candidate = {
  what: "the package @octet/cuda-linux-x64",
  find: async () => {
    const { addonPath } = await import("@octet/cuda-linux-x64");
    if (existsSync(addonPath)) return addonPath;
    // Reinstalling, which mends a package that is missing, would bring the same one again.
    throw new Error(
      `it was packed without its binary ${addonPath}; install another version of it, or build the binary`,
    );
  },
};

/**
 * Loads the addon: a local build first, then the package that npm installs beside this one.
 * @throws OctetError `ERR_UNAVAILABLE` with everything that was tried, and why it failed
 */
export async function loadAddon(platform: Platform): Promise<Addon> {
  const candidates = platform === "cuda" ? [localBuild("cuda"), binaryPackage] : [localBuild(platform)];
  const failures: { readonly what: string; readonly error: unknown }[] = [];
  for (const { what, find } of candidates) {
    try {
      return require(await find()) as Addon;
    } catch (error) {
      failures.push({ what, error });
    }
  }
  const tried = failures.map(({ what, error }) => `${what}: ${firstLine(error)}`).join("; ");
  const advice =
    platform === "cuda"
      ? "reinstall with optional dependencies, or build it with nvcc (pnpm build:native)"
      : "build it with a C++ compiler (pnpm build:native)";
  throw new OctetError(
    "ERR_UNAVAILABLE",
    `the native part of @octet/cuda was not found on ${process.platform}-${process.arch}. Tried ${tried}. To mend it: ${advice}`,
    { cause: new AggregateError(failures.map(({ error }) => error)) },
  );
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
}
