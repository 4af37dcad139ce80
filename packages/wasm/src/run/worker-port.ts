/** The worker's end of the line to the thread that started it. */

/** What a worker is started with. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its place among the workers, from 0. */
  readonly thread: number;
}

/** "ready" once, then "progress" each time that the caller has asked for it. */
export type WorkerMessage = "ready" | "progress";

export type PostMessage = (message: WorkerMessage) => void;

/** Calls `start` with what the starting thread sends, in Node and in browsers. */
export function receiveStart(start: (data: WorkerStart, postMessage: PostMessage) => void): void {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (node?.parentPort != null) {
    const { parentPort, workerData } = node;
    start(workerData, (message) => parentPort.postMessage(message));
    return;
  }
  globalThis.onmessage = ({ data }: MessageEvent<WorkerStart>) =>
    start(data, (message) => globalThis.postMessage(message));
}
