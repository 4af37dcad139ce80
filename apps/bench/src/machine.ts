import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import type { Machine } from "./results.ts";

/** The machine as a reader needs to know it, without its name. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: loadavg().map((load) => Math.round(load * 100) / 100),
  };
}
