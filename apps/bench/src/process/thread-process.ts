import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Reply, Request, Requests } from "./requests.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** A process in which every library runs on `threads` threads: onnxruntime-web and tfjs choose theirs once for a process. */
export class ThreadProcess implements AsyncDisposable {
  readonly threads: number;
  readonly #child: ChildProcess;

  constructor(threads: number) {
    this.threads = threads;
    this.#child = fork(main, [String(threads)], { execArgv: [...process.execArgv, "--expose-gc"] });
  }

  /** Rejects with the error of the process, or when it ended before its answer. */
  async ask<Name extends keyof Requests>(
    name: Name,
    ...args: Parameters<Requests[Name]>
  ): Promise<Awaited<ReturnType<Requests[Name]>>> {
    const stop = new AbortController();
    const answered = once(this.#child, "message", stop) as Promise<[Reply]>;
    const ended = once(this.#child, "exit", stop).then(([status, signal]) => {
      throw new Error(`the process with ${this.threads} threads ended (${signal ?? `exit status ${status}`})`);
    });
    try {
      this.#child.send({ name, args } satisfies Request);
      const [reply] = await Promise.race([answered, ended]);
      if ("error" in reply) throw new Error(`with ${this.threads} threads: ${reply.error}`);
      return reply.value as Awaited<ReturnType<Requests[Name]>>;
    } finally {
      // Both promises end here, the one that lost with an abort that nobody needs to hear of.
      answered.catch(() => {});
      ended.catch(() => {});
      stop.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }
}
