import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { swiftShaderEnvironment } from "@octet/browser-testing";
import type { OnStep } from "../../report/progress.ts";
import type { WebGPURun } from "../../results.ts";
import type { PlanRequest } from "../plan.ts";
import type { NodeMessage } from "./node-process.ts";

const main = fileURLToPath(new URL("node-process.ts", import.meta.url));

/** Measures on Dawn for Node: on SwiftShader, or on what the system's Vulkan has. */
export async function runInNode(request: PlanRequest, systemGPU: boolean, onStep: OnStep): Promise<WebGPURun> {
  // The loader of libraries reads the environment when a process starts.
  const env = { ...process.env, ...(systemGPU ? {} : await swiftShaderEnvironment()) };
  const child = fork(main, [JSON.stringify(request)], { env });
  let run: WebGPURun | undefined;
  child.on("message", (message: NodeMessage) => {
    if ("run" in message) run = message.run;
    else onStep(`Node: ${message.step}`, message.done);
  });
  const [status, signal] = await once(child, "exit");
  if (run === undefined) throw new Error(`Node with Dawn ended without results (${signal ?? `exit status ${status}`})`);
  return run;
}
