import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Platform } from "../src/load-addon.ts";

/** How a program ended. */
export interface Ended {
  /** null when it did not start, or was stopped by a signal. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A file of this package, in a checkout and in a bundle alike: both have the same folders beside this one's parent. */
export function besides(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** A program that `pnpm build:native` has built. */
export function builtProgram(platform: Platform, name: string): string {
  return besides(`build/${platform}/Release/${name}`);
}

export const notBuilt = (path: string): string => `${path} is not there; run pnpm build:native, with nvcc for a GPU`;

/** The first of these files that exists. */
export function firstExisting(...paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/**
 * Runs a program to its end, or stops it after `seconds`. `echo`: what it prints is shown at once as well. Never rejects: a program that
 * could not be started says so in `stderr`.
 */
export function runProgram(
  path: string,
  args: readonly string[],
  options: { readonly seconds: number; readonly echo?: boolean; readonly env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  const { seconds, echo = false, env = process.env } = options;
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"], env });
    const timer = setTimeout(() => child.kill("SIGTERM"), seconds * 1000);
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (bytes: Buffer) => {
      out.push(bytes);
      if (echo) process.stdout.write(bytes);
    });
    child.stderr.on("data", (bytes: Buffer) => {
      err.push(bytes);
      if (echo) process.stderr.write(bytes);
    });
    const end = (status: number | null, more = ""): void => {
      clearTimeout(timer);
      resolve({ status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() + more });
    };
    child.on("error", (error) => end(null, error.message));
    child.on("close", (status, signal) =>
      end(status, signal === null ? "" : `stopped by ${signal} (limit: ${seconds} s)`),
    );
  });
}
