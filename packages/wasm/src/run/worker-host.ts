import { workerCode } from "../generated/inlined.ts";
import type { WorkerMessage, WorkerStart } from "./worker-port.ts";

/** The starting thread's end of the line to a worker. */
export interface PoolWorker {
  /** Whether the worker keeps the process alive; nothing in a browser. */
  keepAlive(keep: boolean): void;
  terminate(): void;
}

export interface WorkerEvents {
  onMessage(message: WorkerMessage): void;
  /** The worker died, or ended by itself, which none does. */
  onFailure(cause: unknown): void;
}

/** Starts one worker with the inlined script. */
export type StartWorker = (start: WorkerStart, events: WorkerEvents) => PoolWorker;

/** How workers start in this runtime, or why they cannot. */
export function findWorkers(): StartWorker | string {
  // Browsers have this variable, and share memory only where it is true; Node does not have it, and always does.
  if (globalThis.crossOriginIsolated === false) return "the page is not cross-origin isolated";
  // Not an import: bundlers would follow it. Node has this function since 22.3.
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) return nodeWorkers(node);
  if (typeof Worker === "undefined") return "this runtime has no workers";
  return startWebWorker;
}

function nodeWorkers({ Worker }: typeof import("node:worker_threads")): StartWorker {
  return (workerData, { onMessage, onFailure }) => {
    let terminated = false;
    // Flags of the process are for its own code: one that loads a module first would load it in each worker.
    const worker = new Worker(workerCode, { eval: true, execArgv: [], workerData, name: "octet" });
    worker.on("message", onMessage);
    worker.on("error", onFailure);
    worker.on("exit", (code) => terminated || onFailure(new Error(`a worker exited with code ${code}`)));
    return {
      keepAlive: (keep) => (keep ? worker.ref() : worker.unref()),
      terminate: () => {
        terminated = true;
        void worker.terminate();
      },
    };
  };
}

const refused = "the worker was refused; a content security policy has to allow worker-src blob:";

function startWebWorker(start: WorkerStart, { onMessage, onFailure }: WorkerEvents): PoolWorker {
  const url = URL.createObjectURL(new Blob([workerCode], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "octet" });
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    // The script is loaded, so its address may go.
    if (data === "ready") URL.revokeObjectURL(url);
    onMessage(data);
  };
  // A refused script gives an event without a message.
  worker.onerror = (event) => onFailure(event.error ?? new Error(event.message || refused));
  worker.postMessage(start);
  return { keepAlive: () => {}, terminate: () => worker.terminate() };
}
