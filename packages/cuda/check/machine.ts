import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";

/** What a reader of results needs to know of the machine besides its GPU. */
export interface HostMachine {
  readonly cpu: string;
  /** Logical cores. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** Version of NVIDIA's driver; absent where the system does not say. */
  readonly driver?: string;
}

export function describeMachine(): HostMachine {
  const file = "/proc/driver/nvidia/version";
  const driver = existsSync(file) ? /Kernel Module.*?\s(\d+\.[\d.]+)/.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    ...(driver === undefined ? {} : { driver }),
  };
}
