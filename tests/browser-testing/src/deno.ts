import { fileURLToPath } from "node:url";

/** Deno, or undefined where the npm package with it is not installed: it is an optional dependency, for Linux on x64 with glibc. */
export const denoExecutable: string | undefined = findDeno();

function findDeno(): string | undefined {
  try {
    return fileURLToPath(import.meta.resolve("@deno/linux-x64-glibc/deno"));
  } catch {
    return undefined;
  }
}
